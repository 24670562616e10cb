/** `edgemint restore`: makes a new state directory from a backup. */
import { cp, rm } from 'node:fs/promises'
import { startGateway } from '../../../dev/index.ts'
import { makeKey } from '../../keys/make-key.ts'
import type { Command } from '../../shell/command.ts'
import { EXIT_CODES, type ExitCode } from '../../shell/exit-codes.ts'
import { refusal } from '../../shell/failure.ts'
import { parseFlags } from '../../shell/flags.ts'
import { hint, printJson, say } from '../../shell/output.ts'
import { guardDisk } from '../guard-disk.ts'
import { restoreState } from '../state/restore-state.ts'
import { STATE_FLAG } from '../state/state-flag.ts'

export const command = {
  synopsis: 'DIR [FLAGS]',
  about: `Makes a new state directory from a backup, completely or not at all. Every byte of the backup is
checked first. Stop the gateway that it is from: subject tokens that were issued before the restore are
refused where a rule takes them once.`,
  flags: {
    state: { ...STATE_FLAG, about: 'the state directory to make; it must be absent or empty' },
    check: { about: 'start the restored gateway for a moment, on a free port of this machine' },
    json: { about: 'print `{ state, created_at, release, keys, revision }`' },
  },
  arguments: { least: 1, most: 1, what: 'a backup', completes: 'directories' },
  example: 'npx edgemint restore state.backup --state .edgemint/restored --check',
} as const satisfies Command

export async function run(args: readonly string[]): Promise<ExitCode> {
  const { values, positionals } = parseFlags(args, command)
  const [folder = ''] = positionals
  const state = values.state ?? STATE_FLAG.path
  let revision: number | undefined
  const manifest = await guardDisk('nothing was restored', () =>
    restoreState(folder, state, async (directory) => {
      if (values.check) revision = await startOnce(directory)
    }),
  )
  const { created_at: createdAt, release, has_keys: keys } = manifest
  const began = new Date(createdAt * 1000).toISOString()
  say(`restored ${state} as of ${began}; later changes are not in it`)
  if (revision !== undefined) say(`the restored gateway starts, with revision ${revision}`)
  if (!keys) {
    hint(
      'the backup has no signing keys: give serve the old ones, or it makes new ones, and refuses tokens of the old ones',
    )
  }
  hint('stop the old gateway before you start this one: a revocation reaches only one of the two')
  if (values.json) printJson({ state, created_at: createdAt, release, keys, revision })
  return EXIT_CODES.done
}

/**
 * Starts it on a copy, because the settings of this gateway are not known here, and a start with other
 * settings changes the state. With a key of its own, so that none is made.
 */
async function startOnce(directory: string): Promise<number> {
  const { jwk } = makeKey('ES256', {})
  const copy = `${directory}-check`
  try {
    await cp(directory, copy, { recursive: true })
    const variables = { SIGNING_KEY_CHECK: jwk }
    const gateway = await startGateway({ stateDir: copy, localIssuers: true, variables })
    try {
      return await gateway.revision()
    } finally {
      await gateway.close()
    }
  } catch (error) {
    const why = error instanceof Error ? error.message : 'unknown'
    throw refusal(`refused: the restored gateway does not start: ${why}; nothing was restored`)
  } finally {
    await rm(copy, { recursive: true, force: true })
  }
}
