import { hash } from 'node:crypto'
import { gunzipSync } from 'node:zlib'
import { type Asset, readAsset } from '#functions/api/docs/assets.ts'
import { docsPage, docsPolicy, docsScript } from '#functions/api/docs/page.ts'
import { openApiDocument } from '#functions/api/openapi/document.ts'
import { notModified } from '#functions/edge/answers.ts'
import type { Answer } from '#functions/edge/http.ts'
import { onPublic, type PublicRequest } from '#functions/edge/public-endpoint.ts'
import { serve } from '#functions/edge/route.ts'
import { CrmError } from '#lib/errors.ts'
import { ReadDocs, ReadDocsAsset, ReadOpenApi } from '#schemas/api/open.ts'
import { standardObjects } from '#schemas/registry.ts'

let openApi: string | undefined

export const handler = serve([
  onPublic(ReadOpenApi, async request => {
    openApi ??= JSON.stringify(openApiDocument(standardObjects))
    return cacheable(request, { type: 'application/json', text: openApi })
  }),

  onPublic(ReadDocs, async request => {
    const page = cacheable(request, { type: 'text/html; charset=utf-8', text: docsPage })
    return { ...page, headers: { ...page.headers, 'content-security-policy': docsPolicy } }
  }),

  onPublic(ReadDocsAsset, async request => {
    const { file } = request.path
    if (file === 'init.js') return cacheable(request, { type: 'text/javascript; charset=utf-8', text: docsScript })
    const asset = readAsset(file)
    if (!asset) throw new CrmError('not_found', 'The documentation has no such file.')
    return cacheable(request, unpacked(asset, request.accepts('gzip')))
  }),
])

type Content = { type: string; text?: string; base64?: string; encoding?: string }

/** Browsers keep a copy and ask whether it is still good. */
function cacheable({ ifNoneMatch }: PublicRequest, { type, encoding, ...body }: Content): Answer {
  const etag = `"${hash('sha256', body.text ?? body.base64 ?? '').slice(0, 32)}"`
  const headers = { etag, 'cache-control': 'public, max-age=0, must-revalidate', vary: 'accept-encoding' }
  if (ifNoneMatch?.includes(etag) || ifNoneMatch?.trim() === '*') return notModified(headers)
  const encoded = encoding === undefined ? {} : { 'content-encoding': encoding }
  return { status: 200, headers: { 'content-type': type, ...headers, ...encoded }, ...body }
}

function unpacked({ type, gzipped }: Asset, acceptsGzip: boolean): Content {
  if (acceptsGzip) return { type, base64: gzipped.toString('base64'), encoding: 'gzip' }
  return { type, base64: gunzipSync(gzipped).toString('base64') }
}
