/** A fake circleci command with the one call that a job needs: `run oidc get --claims JSON`. */
import { parseArgs } from 'node:util'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { claims: { type: 'string', default: '{}' } },
})
if (positionals.join(' ') !== 'run oidc get') process.exit(1)

const { aud } = JSON.parse(values.claims) as { aud: string }
const response = await fetch(`${process.env.DEV_ISSUER}/mint`, {
  method: 'POST',
  body: JSON.stringify({ provider: 'circleci', audience: aud }),
})
const { token } = (await response.json()) as { token: string }
process.stdout.write(`${token}\n`)
