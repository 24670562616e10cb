/** `edgemint backup`: copies the state directory of a gateway of this machine, also while it runs. */
import type { Command } from '../../shell/command.ts'
import { EXIT_CODES, type ExitCode } from '../../shell/exit-codes.ts'
import { usageFailure } from '../../shell/failure.ts'
import { parseFlags, requireFlag } from '../../shell/flags.ts'
import { hint, printJson, say } from '../../shell/output.ts'
import { guardDisk } from '../guard-disk.ts'
import { backUpState } from '../state/copy-state.ts'
import { STATE_FLAG } from '../state/state-flag.ts'

export const command = {
  synopsis: '--out DIR [FLAGS]',
  about: `Copies the state directory of \`edgemint serve\` to a new directory, while the gateway runs or after it
has stopped: the trust document, revocations, replay marks and the decision log. Every change that was
acknowledged before the backup began is in it. The command restore reads it.`,
  flags: {
    state: STATE_FLAG,
    out: {
      value: 'DIR',
      about: 'the directory to write; it must not exist',
      required: true,
      completes: 'directories',
    },
    'with-keys': {
      about: 'include the private signing keys of the state directory; protect such a backup',
    },
    json: { about: 'print `{ out, files, bytes, keys }`' },
  },
  example: 'npx edgemint backup --state .edgemint/state --out state.backup',
} as const satisfies Command

export async function run(args: readonly string[]): Promise<ExitCode> {
  const { values } = parseFlags(args, command)
  const out = requireFlag('out', values.out)
  if (out === '-') throw usageFailure('--out must be a directory: a backup has several files')
  const hasKeys = values['with-keys']
  const { files, keys } = await guardDisk('no backup was written', () =>
    backUpState(values.state ?? STATE_FLAG.path, out, hasKeys),
  )
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0)
  say(`wrote ${files.length} files with ${bytes} bytes to ${out}`)
  if (hasKeys) say(`${out} contains private signing keys: whoever reads it can issue tokens`)
  else hint('the signing keys are not in it: keep them elsewhere, or add --with-keys')
  if (values.json) printJson({ out, files: files.length, bytes, keys })
  return EXIT_CODES.done
}
