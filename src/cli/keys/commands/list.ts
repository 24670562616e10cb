/** `edgemint keys list`: shows the signing keys of a gateway or of a state directory. */
import type { Command } from '../../shell/command.ts'
import { EXIT_CODES, type ExitCode } from '../../shell/exit-codes.ts'
import { parseFlags } from '../../shell/flags.ts'
import { hint, printJson, printPlain } from '../../shell/output.ts'
import { keyFlags, readPlace } from '../key-flags.ts'
import { currentSeconds } from '../key-time.ts'
import { getKeys, readPublishedKeys, readStateKeys } from '../read-keys.ts'
import { renderKeys, renderPublished } from '../render-keys.ts'

export const command = {
  synopsis: '(--url URL [--token-file FILE] | --state DIR) [FLAGS]',
  about: `Shows the signing keys of a gateway: ids, algorithms, states and dates. Without --token-file, shows
the key set that everybody can read, which has no dates. Shows no private key.`,
  flags: {
    ...keyFlags('the scope `trust:read`'),
    json: {
      about:
        'print the answer of `GET /admin/v1/keys`; without a token, `{ keys: [{ kid, alg }] }`',
    },
  },
  example: 'npx edgemint keys list --url https://sts.example.com --token-file admin.jwt',
} as const satisfies Command

export async function run(args: readonly string[]): Promise<ExitCode> {
  const { values } = parseFlags(args, command)
  const place = await readPlace(values)
  if (place.kind === 'published') {
    const keys = (await readPublishedKeys(place.url)).keys.map(({ kid, alg }) => ({ kid, alg }))
    if (values.json) printJson({ keys }, 2)
    else printPlain(renderPublished(keys))
    hint('states and dates need an admin token: log in, or add --token-file')
    return EXIT_CODES.done
  }
  const at = currentSeconds()
  const report =
    place.kind === 'state' ? await readStateKeys(place.stateDir, at) : await getKeys(place.access)
  if (values.json) printJson(report, 2)
  else printPlain(renderKeys(report))
  return EXIT_CODES.done
}
