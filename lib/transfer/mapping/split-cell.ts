/** Several values in one cell, one after another: `a@x.cn; b@x.cn`, `VIP、华东`. */
export function splitCell(cell: string): string[] {
  return pieces(cell, /[;；,，、|\n\r]+/u)
}

/** E-mail addresses of a cell; `Li Na <li.na@x.cn>` gives the address alone. */
export function splitEmails(cell: string): string[] {
  return pieces(cell, /[;；,，、|/\n\r]+|\s+(?=\S+@)/u)
    .map(piece => /<([^<>]+@[^<>]+)>/.exec(piece)?.[1]?.trim() ?? piece)
    .filter(isMarked)
}

/** Phone numbers of a cell. Spaces belong to a number, unless they stand between two that are whole. */
export function splitPhones(cell: string): string[] {
  return pieces(cell, /[;；,，、|/／\n\r]+/u).flatMap(piece => {
    const words = piece.split(/\s+/)
    return words.length > 1 && words.every(word => /^\+?\d{11,15}$/.test(word.normalize('NFKC'))) ? words : [piece]
  })
}

/** A name in front of an address in angle brackets is no address, where the two were parted. */
function isMarked(piece: string, _i: number, all: string[]): boolean {
  return piece.includes('@') || !all.some(other => other.includes('@'))
}

function pieces(cell: string, separator: RegExp): string[] {
  return cell
    .split(separator)
    .map(piece => piece.trim())
    .filter(piece => piece !== '')
}
