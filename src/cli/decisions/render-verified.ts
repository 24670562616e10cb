/** Renders the result of `audit verify` for one file. */
import { makePlain } from '../../web/text/plain.ts'
import type { VerifiedFile } from './verify-files.ts'

export function renderVerified(file: VerifiedFile, hasKeys: boolean): string {
  const name = makePlain(file.file)
  if (!file.ok) return `${name}: not intact, see line ${file.fault.line}`
  const { shard, issuer, firstSequence, lastSequence, records, head, isWhole } = file
  const isEmpty = lastSequence < firstSequence
  const batches = isEmpty ? 'none' : `${firstSequence} to ${lastSequence}, ${records} decisions`
  const start = isWhole ? '' : ', without earlier batches'
  return [
    `${name}: intact, shard ${shard} of ${makePlain(issuer)}`,
    `  batches: ${batches}${start}`,
    `  head: ${head}`,
    `  checkpoints: ${renderProof(file, hasKeys)}`,
  ].join('\n')
}

function renderProof(
  {
    checkpoints,
    provenSequence,
    lastSequence,
    firstSequence,
  }: VerifiedFile & { readonly ok: true },
  hasKeys: boolean,
): string {
  const verified = hasKeys ? 'verified' : 'not verified'
  if (provenSequence < firstSequence) return `${checkpoints} ${verified}, no batch is covered`
  const rest = lastSequence - provenSequence
  const uncovered = rest === 0 ? '' : `; the last ${rest} are not covered`
  return `${checkpoints} ${verified}, batches up to ${provenSequence} are covered${uncovered}`
}
