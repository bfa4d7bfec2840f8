import type { Vault } from '#lib/backup/vault.ts'
import { vaultKeys } from '#lib/backup/vault-keys.ts'
import type { EvidenceKey } from '#lib/evidence/evidence-key.ts'
import type { Signature } from '#lib/evidence/signature.ts'

/**
 * Keeps a file of the vault and its signature, unless they are there already: written twice, a file would have two versions
 * that nobody can delete. The signature comes first: a file that died without one would be taken for altered ever after.
 */
export async function writeSigned(
  { vault, evidence }: { vault: Vault; evidence: Pick<EvidenceKey, 'sign'> },
  key: string,
  text: string,
): Promise<Signature> {
  const signed = await evidence.sign(Buffer.from(text))
  const both = { [vaultKeys.signature(key)]: `${JSON.stringify(signed)}\n`, [key]: text }
  for (const [name, body] of Object.entries(both))
    if (!(await hasText(vault, name, body))) await vault.write(name, body, 'application/json')
  return signed
}

async function hasText(vault: Vault, key: string, text: string): Promise<boolean> {
  const head = await vault.head(key)
  return head?.bytes === Buffer.byteLength(text) && (await vault.readText(key, head.versionId)) === text
}
