/** Version of the product, as package.json has it; in `/health` and the OpenAPI document. */
export const apiVersion = '0.1.0'
