import { registerHooks } from 'node:module'

/** A mistake planted in the verifier's own source: what it leaves unchecked must turn the check red. */
type Bug = { file: string; find: string; put: string }

/** The planted mistakes by name. */
export const verifierBugs: Record<string, Bug> = {
  /** Every signature is good. */
  noSignatures: { file: 'public-keys.ts', find: 'return createVerify(', put: 'return true || createVerify(' },
  /** What no digest names is not looked at. */
  noUnnamed: { file: 'verify-roll-call.ts', find: 'of rollCall.unnamed().values()', put: 'of [] as TrailFile[]' },
  /** What is kept outside is not looked at. */
  noAnchors: {
    file: 'verify-anchors.ts',
    find: 'for (const anchor of anchors)',
    put: 'for (const anchor of [] as Anchor[])',
  },
  /** Digests need not follow one another. */
  noChain: { file: 'verify-link.ts', find: 'if (current.findings.length > 0) return []', put: 'if (1) return []' },
  /** Log files need only be there. */
  noHashes: { file: 'verify-log-files.ts', find: 'content.sha256 !== hashValue', put: 'content.sha256 === ""' },
}

/** Plants one of them into what is loaded from now on. */
export function plantBug(name: string): void {
  const bug = verifierBugs[name]
  if (!bug) throw new Error(`There is no mistake ${name}: ${Object.keys(verifierBugs).join(', ')}`)
  registerHooks({
    load: (url, context, next) => {
      const loaded = next(url, context)
      if (!url.endsWith(`/lib/access-log/${bug.file}`)) return loaded
      const source = String(loaded.source)
      if (!source.includes(bug.find)) throw new Error(`${bug.file} has no longer: ${bug.find}`)
      return { ...loaded, source: source.replace(bug.find, bug.put) }
    },
  })
}
