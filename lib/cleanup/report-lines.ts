import type { ReportItem } from '#lib/cleanup/items.ts'
import { csvLine } from '#lib/transfer/csv/write-csv.ts'
import type { Json } from '#schemas/json.ts'

const columns = ['item', 'object', 'id', 'version', 'field', 'what', 'from', 'to', 'detail', 'before', 'after'] as const

type Cells = Partial<Record<(typeof columns)[number], string | number>>

/** The header of the table of a report. */
export function headerLine(): string {
  return csvLine(columns)
}

/** An item as lines of the table: one for each change of a record, one for anything else. */
export function linesOf(item: ReportItem): string {
  return cellsOf(item)
    .map(cells => csvLine(columns.map(column => String({ ...about(item), ...cells }[column] ?? ''))))
    .join('')
}

function about(item: ReportItem): Cells {
  const { kind, object, id } = item
  return { item: kind, object, id, ...('version' in item && { version: item.version }) }
}

function cellsOf(item: ReportItem): Cells[] {
  switch (item.kind) {
    case 'fixed':
    case 'refused':
    case 'skipped':
      return changesOf(item)
    case 'poisoned':
      return [{ detail: item.detail }]
    case 'finding':
      return [{ field: item.field ?? '', what: item.rule, detail: `${item.detail} ${item.fix}` }]
    case 'duplicates':
      return [{ what: item.verdict, detail: item.members.join(' '), after: item.score }]
    case 'merged':
      return [{ detail: item.members.join(' ') }]
    case 'refresh':
      return [{ what: textOf(item.detail['outcome']), detail: JSON.stringify(item.detail) }]
    case 'purged':
      return [{ detail: `Deleted on ${item.deletedAt}.` }]
  }
}

function changesOf(item: Extract<ReportItem, { kind: 'fixed' | 'refused' | 'skipped' }>): Cells[] {
  const more: Cells = item.kind === 'fixed' ? { before: item.before, after: item.after } : { detail: item.detail }
  return item.fixes.map(({ kind, field, from, to }) => ({
    field,
    what: kind,
    from: textOf(from),
    to: textOf(to),
    ...more,
  }))
}

function textOf(value: Json | undefined): string {
  if (value === undefined || value === null) return ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}
