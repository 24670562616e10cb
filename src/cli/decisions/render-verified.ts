/** Renders the result of `audit verify` for one file. */
import { makePlain } from '../../web/text/plain.ts'
import type { SoundFile, VerifiedFile } from './verify-files.ts'

export function renderVerified(file: VerifiedFile, hasKeys: boolean): string {
  const name = makePlain(file.file)
  if (!file.ok) return `${name}: not intact, see line ${file.fault.line}`
  const { shard, issuer, firstSequence, lastSequence, records, head, isWhole, missing } = file
  const isEmpty = lastSequence < firstSequence
  const batches = isEmpty ? 'none' : `${firstSequence} to ${lastSequence}, ${records} decisions`
  const start = isWhole ? '' : ', without earlier batches'
  const gaps = missing.map((gap) => `, without ${renderRange(gap)}`).join('')
  return [
    `${name}: ${missing.length === 0 ? 'intact' : 'not whole'}, shard ${shard} of ${makePlain(issuer)}`,
    `  batches: ${batches}${start}${gaps}`,
    `  head: ${head}`,
    `  checkpoints: ${file.checkpoints} ${hasKeys ? 'verified' : 'not verified'}, ${renderProof(file)}`,
  ].join('\n')
}

/** Says which batches are missing inside a file. */
export function describeMissing(file: VerifiedFile): readonly string[] {
  if (!file.ok) return []
  return file.missing.map((gap) => {
    const isOne = gap.firstSequence === gap.lastSequence
    const batches = isOne ? 'batch' : 'batches'
    const are = isOne ? 'is' : 'are'
    return `${file.file}, line ${gap.line}: ${batches} ${renderRange(gap)} with ${gap.records} decisions ${are} missing: the gateway could not read them`
  })
}

type Range = { readonly firstSequence: number; readonly lastSequence: number }

function renderRange({ firstSequence, lastSequence }: Range): string {
  return firstSequence === lastSequence ? `${lastSequence}` : `${firstSequence} to ${lastSequence}`
}

function renderProof(file: SoundFile): string {
  const covered = listCovered(file)
  if (covered.length === 0) return 'no batch is covered'
  const { missing, provenSequence, lastSequence } = file
  if (missing.length > 0) {
    return `of the batches, ${covered.map(renderRange).join(' and ')} are covered`
  }
  const rest = lastSequence - provenSequence
  const uncovered = rest === 0 ? '' : `; the last ${rest} are not covered`
  return `batches up to ${provenSequence} are covered${uncovered}`
}

/** A checkpoint covers the batches before it, back to those that are missing. */
function listCovered({ firstSequence, missing, provenSequence }: SoundFile): readonly Range[] {
  const starts = [firstSequence, ...missing.map((gap) => gap.lastSequence + 1)]
  const ends = [...missing.map((gap) => gap.provenSequence), provenSequence]
  return starts.flatMap((start, index) => {
    const end = ends[index] ?? 0
    return end < start ? [] : [{ firstSequence: start, lastSequence: end }]
  })
}
