/** A table's or column's name, quoted for SQL. */
export function sqlName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/** A text, quoted for SQL. */
export function sqlText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

/** The scalar that a key attribute holds in a JSON column, such as `keys_json`. */
export function sqlKeyValue(column: string, { name, type }: { name: string; type: string }): string {
  return `json_extract(${column}, ${sqlText(`$."${name}"."${type}"`)})`
}
