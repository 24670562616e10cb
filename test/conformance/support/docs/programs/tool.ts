/**
 * Fake programs that would need a server or an account. Each checks its arguments, and that its
 * token is where the page puts it.
 */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { argv, env } from 'node:process'

const JWT = /^[\w-]+\.[\w-]+\.[\w-]+\s*$/

const TOOLS: Readonly<Record<string, (args: readonly string[]) => boolean>> = {
  /** Calls the credential helper for the registry of the image, as docker does. */
  docker([command, image = '']) {
    const [registry = ''] = image.split('/', 1)
    const answer = execFileSync('docker-credential-edgemint', ['get'], { input: registry })
    const { Secret } = JSON.parse(String(answer)) as { Secret?: string }
    return command === 'pull' && JWT.test(Secret ?? '')
  },
  /** Requires a role to assume and a file with a token for it. */
  aws(args) {
    if (args.join(' ') === 'iam enable-outbound-web-identity-federation') return true
    const token = readFileSync(env.AWS_WEB_IDENTITY_TOKEN_FILE ?? '', 'utf8')
    return args.join(' ') === 's3 ls' && /:role\//.test(env.AWS_ROLE_ARN ?? '') && JWT.test(token)
  },
  gh(args) {
    const [command, path = '', flag] = args
    return command === 'api' && /^repos\/[\w-]+\/[\w-]+$/.test(path) && flag === '--jq'
  },
  /** The script of a user that `exec` runs. It reads a token from the file of its argument. */
  deploy: (args) => JWT.test(readFileSync(args[0] ?? '', 'utf8')),
}

const [name = '', ...args] = argv.slice(2)
if (TOOLS[name]?.(args) !== true) {
  process.stderr.write(`${name}: unsupported call: ${args.join(' ')}\n`)
  process.exitCode = 1
}
