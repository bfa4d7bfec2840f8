import { openApiDocument } from '#functions/api/openapi/document.ts'
import { standardObjects } from '#schemas/registry.ts'

console.log(JSON.stringify(openApiDocument(standardObjects), null, 2))
