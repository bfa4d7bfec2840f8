import { findVersion } from './find-version.ts'
import { receiveText } from './receive-body.ts'
import type { S3Operation } from './s3-call.ts'
import type { Tag } from './version-store.ts'
import { element, innerXmlOf, textOf, xmlDocument } from './xml.ts'

/** Tags from the x-amz-tagging header, which is written like a query. */
export function tagsFromHeader(header: string | undefined): Tag[] {
  return [...new URLSearchParams(header ?? '')].map(([key, value]) => ({ key, value }))
}

/** `GET ?tagging` */
export const getTags: S3Operation = call => {
  const { tags } = findVersion(call)
  const entries = tags.map(({ key, value }) => `<Tag>${element('Key', key)}${element('Value', value)}</Tag>`)
  return { status: 200, body: xmlDocument('Tagging', `<TagSet>${entries.join('')}</TagSet>`) }
}

/** `PUT ?tagging` */
export const putTags: S3Operation = async call => {
  const document = await receiveText(call.request)
  const tags = innerXmlOf(document, 'Tag').map(tag => ({
    key: textOf(tag, 'Key') ?? '',
    value: textOf(tag, 'Value') ?? '',
  }))
  call.s3.versions.setTags(JSON.stringify(tags), findVersion(call).seq)
  return { status: 200 }
}

/** `DELETE ?tagging` */
export const deleteTags: S3Operation = call => {
  call.s3.versions.setTags('[]', findVersion(call).seq)
  return { status: 204 }
}
