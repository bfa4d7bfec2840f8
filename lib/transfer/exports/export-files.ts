/** Where the files of an export are. */
export const exportFiles = {
  part: (id: string, part: number) => `exports/${id}/parts/${String(part).padStart(6, '0')}.ndjson`,
  parts: (id: string) => `exports/${id}/parts/`,
  file: (id: string) => `exports/${id}/file`,
}
