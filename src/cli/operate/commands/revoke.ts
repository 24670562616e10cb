/** `edgemint revoke`: revokes an issued token before it expires, by its `jti` or by the token. */

import type { Command } from '../../shell/command.ts'
import { EXIT_CODES, type ExitCode } from '../../shell/exit-codes.ts'
import { usageFailure } from '../../shell/failure.ts'
import { parseFlags, requireFlag } from '../../shell/flags.ts'
import { print, say } from '../../shell/output.ts'
import { readToken } from '../../shell/read-input.ts'
import { postRevocation } from '../../trust/admin-api.ts'
import { adminFlags } from '../../trust/admin-flags.ts'
import { requireGatewayUrl } from '../../workload/gateway-url.ts'

export const command = {
  synopsis: '(--jti ID | --leaked FILE) --url URL --token-file FILE [FLAGS]',
  about: `Revokes one issued token. Exits with 0 only when the revocation is stored. It takes effect at once
for introspection, and within 81 seconds for forward auth.`,
  flags: {
    jti: {
      value: 'ID',
      about: "the id of the token: `tokenId` in the gateway's log, `jti` in the token",
    },
    leaked: {
      value: 'FILE',
      about: 'a file with the token, instead of `--jti`; `-` reads stdin',
      completes: 'files',
    },
    ...adminFlags('the scope `revocations:write`'),
    reason: {
      value: 'TEXT',
      about: 'the reason, on one line of at most 256 characters; stored in the log of revocations',
    },
    json: {
      about: 'print the answer of `POST /admin/v1/revocations`: `jti`, `revoked_at`, `expires_at`',
    },
  },
  example:
    'npx edgemint revoke --jti 2vq0kZ5n8dYt3mXw1aBc4A --url https://sts.example.com --token-file admin.jwt',
} as const satisfies Command

export async function run(args: readonly string[]): Promise<ExitCode> {
  const { values } = parseFlags(args, command)
  const url = requireGatewayUrl(values.url)
  const tokenFile = requireFlag('token-file', values['token-file'])
  const { jti: named, leaked, reason } = values
  if ((named === undefined) === (leaked === undefined)) {
    throw usageFailure('name the token by either --jti or --leaked')
  }
  if (leaked === '-' && tokenFile === '-') {
    throw usageFailure('--leaked and --token-file cannot both be -: stdin can be read only once')
  }
  const report = await postRevocation(
    { url, token: await readToken(tokenFile) },
    {
      ...(named === undefined ? {} : { jti: named }),
      ...(leaked === undefined ? {} : { token: await readToken(leaked) }),
      ...(reason === undefined ? {} : { reason }),
    },
  )
  const time = (seconds: number) => new Date(seconds * 1000).toISOString().replace('.000', '')
  say(
    `${report.jti} was revoked at ${time(report.revoked_at)}; the revocation is kept until ${time(report.expires_at)}`,
  )
  if (values.json) print(JSON.stringify(report))
  return EXIT_CODES.done
}
