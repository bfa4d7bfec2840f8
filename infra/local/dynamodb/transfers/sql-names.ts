/** A table's or column's name, quoted for SQL. */
export function sqlName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/** The scalar that a key attribute holds in a JSON column, such as `keys_json`. */
export function sqlKeyValue(column: string, { name, type }: { name: string; type: string }): string {
  return `json_extract(${column}, ${sqlText(`$."${name}"."${type}"`)})`
}

function sqlText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}
