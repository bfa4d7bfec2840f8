/** What a template may name, in double braces. */
const placeholders = ['title', 'body', 'link', 'name', 'tenant'] as const

/** What is said of a template that names anything else. */
export const templateHint = `must name nothing but ${placeholders.map(name => `{{${name}}}`).join(', ')} in braces`

/** Whether a template names only what there is. */
export function isTemplate(text: string): boolean {
  const rest = text.replace(/\{\{ *([A-Za-z]+) *\}\}/g, (whole, name: string) =>
    placeholders.some(known => known === name) ? '' : whole,
  )
  return !rest.includes('{{') && !rest.includes('}}')
}
