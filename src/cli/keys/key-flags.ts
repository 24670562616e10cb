/** The flags that say whose keys a command is about: those of a gateway, or of a state directory. */
import { hintGateways } from '../people/admin-url.ts'
import { findSessionToken } from '../people/renew-session.ts'
import type { Flags } from '../shell/command.ts'
import { usageFailure } from '../shell/failure.ts'
import { readToken } from '../shell/read-input.ts'
import type { AdminAccess } from '../trust/admin-api.ts'
import { adminFlags } from '../trust/admin-flags.ts'
import { requireGatewayUrl } from '../workload/gateway-url.ts'

/** `--url` and `--token-file` for a gateway, or `--state`. */
export function keyFlags(scopes: string) {
  const { url, 'token-file': tokenFile } = adminFlags(scopes)
  return {
    url: { value: url.value, about: url.about },
    'token-file': {
      value: tokenFile.value,
      about: tokenFile.about,
      default: tokenFile.default,
      completes: tokenFile.completes,
    },
    state: {
      value: 'DIR',
      about: 'the state directory of a gateway that `serve` runs, in place of `--url`',
      completes: 'directories',
    },
  } as const satisfies Flags
}

type KeyValues = {
  readonly url: string | undefined
  readonly 'token-file': string | undefined
  readonly state: string | undefined
}

export type KeyPlace =
  | { readonly kind: 'state'; readonly stateDir: string }
  | { readonly kind: 'published'; readonly url: string }
  | { readonly kind: 'gateway'; readonly url: string; readonly access: AdminAccess }

/** Throws a usage failure unless the flags name exactly one place. */
export async function readPlace(values: KeyValues): Promise<KeyPlace> {
  const { url: named, 'token-file': tokenFile, state } = values
  if (state !== undefined) {
    if (named !== undefined || tokenFile !== undefined) {
      throw usageFailure('--state cannot be used together with --url and --token-file')
    }
    return { kind: 'state', stateDir: state }
  }
  if (named === undefined)
    throw usageFailure('name the keys by either --url or --state', ...hintGateways())
  const url = requireGatewayUrl(named)
  const token = tokenFile === undefined ? await findSessionToken(url) : await readToken(tokenFile)
  if (token === undefined) return { kind: 'published', url }
  return { kind: 'gateway', url, access: { url, token } }
}
