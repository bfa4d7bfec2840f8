/**
 * The documentation page. Its script is a file of its own, so that the policy below can forbid inline scripts; styles set by
 * Swagger UI on its elements cannot be told from inline ones.
 */
export const docsPage = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Evergreen API</title>
    <link rel="stylesheet" href="docs/swagger-ui.css">
  </head>
  <body>
    <p style="margin: 1em; font-family: sans-serif">
      Evergreen API: <a href="openapi.json">openapi.json</a> (OpenAPI 3.1)
    </p>
    <div id="docs"></div>
    <script src="docs/swagger-ui-bundle.js"></script>
    <script src="docs/init.js"></script>
  </body>
</html>
`

/** Starts Swagger UI on the page. */
export const docsScript = `SwaggerUIBundle({
  url: 'openapi.json',
  dom_id: '#docs',
  deepLinking: true,
  docExpansion: 'none',
  filter: true,
  persistAuthorization: false,
  tryItOutEnabled: true,
  validatorUrl: null,
})
`

/** Nothing from elsewhere, no inline scripts, no framing. */
export const docsPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')
