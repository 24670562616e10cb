/** `edgemint audit verify`: verifies exports of the decision log, without the gateway. */
import type { CheckpointClaims } from '../../../contract/decisions/export.ts'
import type { Command } from '../../shell/command.ts'
import { EXIT_CODES, type ExitCode } from '../../shell/exit-codes.ts'
import { parseFlags } from '../../shell/flags.ts'
import { hint, note, printJson, printPlain, say } from '../../shell/output.ts'
import { nameInput } from '../../shell/read-input.ts'
import { parseGatewayUrl } from '../../workload/gateway-url.ts'
import {
  type CheckpointVerifier,
  createCheckpointVerifier,
  describeMissingKeys,
  readKeys,
} from '../checkpoint-keys.ts'
import { readKeptCheckpoints } from '../kept-checkpoints.ts'
import { describeMissing, renderVerified } from '../render-verified.ts'
import { type VerifiedFile, verifyFiles } from '../verify-files.ts'

export const command = {
  synopsis: 'FILE... [FLAGS]',
  about: `Verifies exports of the decision log offline: that no record was changed, removed or moved, and that
the signed checkpoints fit. Names the line of the first fault of each file. The files may be
compressed. Several files of one shard must follow each other without a gap. Where they have the same
batches, these must be equal. Batches that the gateway could not read are named, and the chain is not
whole.`,
  arguments: {
    least: 1,
    most: Number.POSITIVE_INFINITY,
    what: 'an export',
    completes: 'files',
  },
  flags: {
    keys: {
      value: 'SOURCE',
      about:
        'the public keys of the gateway: the URL of its key set, or a file with one that was kept; without them, signatures are not verified',
      completes: 'files',
    },
    checkpoint: {
      value: 'FILE',
      about:
        'checkpoints that were kept elsewhere: one a line, or an export of the gateway; the files must have their batches',
      repeats: true,
      completes: 'files',
    },
    issuer: { value: 'URL', about: 'the issuer URL that the exports must have' },
    json: { about: 'print `{ ok, signatures, files, gaps }`' },
  },
  notes: 'Exits with 1 if a file has a fault or a gap.',
  example: 'npx edgemint audit verify export/*.ndjson --keys https://sts.example.com/jwks.json',
} as const satisfies Command

export async function run(args: readonly string[]): Promise<ExitCode> {
  const { values, positionals } = parseFlags(args, command)
  const issuer = values.issuer === undefined ? undefined : parseGatewayUrl('issuer', values.issuer)
  const keys = values.keys === undefined ? undefined : await readKeys(values.keys)
  const verifier = createCheckpointVerifier(keys)
  const kept: CheckpointClaims[] = []
  for (const path of values.checkpoint ?? []) {
    kept.push(...(await readKeptCheckpoints(path, verifier)))
  }
  const options = { verifyCheckpoint: verifier.verify, kept, issuer }
  const { files, gaps: found } = await verifyFiles(positionals, options)
  const unused = findUnused(files, kept)
  const gaps = [...files.flatMap(describeMissing), ...found, ...unused]
  const isOk = gaps.length === 0 && files.every(({ ok }) => ok)
  const signatures = keys === undefined ? 'not_verified' : 'verified'
  if (values.json) printJson({ ok: isOk, signatures, files, gaps }, 2)
  else printPlain(files.map((file) => renderVerified(file, keys !== undefined)).join('\n'))
  report(files, gaps, verifier)
  if (files.length > 1) say(summarize(files, isOk))
  if (unused.length > 0) {
    hint('name the earlier export or the object of the bucket that has the batch as well')
    hint('if there is none, because retention deleted the batch, leave its checkpoint out')
  }
  if (keys === undefined) say('signatures are not verified: give --keys')
  return isOk ? EXIT_CODES.done : EXIT_CODES.refused
}

/** One line for a reader of many files. Intact files can still have a gap between them. */
function summarize(files: readonly VerifiedFile[], isOk: boolean): string {
  const intact = files.filter((file) => file.ok && file.missing.length === 0).length
  const rest = isOk || intact < files.length ? '' : ', but a batch is missing or differs'
  return `${intact} of ${files.length} files are intact${rest}`
}

function report(
  files: readonly VerifiedFile[],
  gaps: readonly string[],
  verifier: CheckpointVerifier,
): void {
  for (const file of files) {
    if (file.ok) continue
    note(`${nameInput(file.file)}:${file.fault.line}: ${file.fault.message}`)
  }
  for (const gap of gaps) say(gap)
  for (const text of describeMissingKeys(verifier)) hint(text)
}

/** A kept checkpoint that no file has says nothing about these files, which the reader may not expect. */
function findUnused(
  files: readonly VerifiedFile[],
  kept: readonly CheckpointClaims[],
): readonly string[] {
  return kept.flatMap(({ iss, shard, sequence }) => {
    const isCovered = files.some(
      (file) =>
        !file.ok ||
        (file.issuer === iss && file.shard === shard && file.firstSequence - 1 <= sequence),
    )
    return isCovered
      ? []
      : [
          `no file has batch ${sequence} of shard ${shard} of ${iss}, which a kept checkpoint covers`,
        ]
  })
}
