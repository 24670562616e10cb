/**
 * A fake buildkite-agent with the commands that a job needs. `oidc request-token` adds ids to the
 * token only on request. `redactor add` writes its input to a file beside the job.
 */
import { appendFileSync, readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'

const [group, verb, ...args] = process.argv.slice(2)
if (process.env.BUILDKITE_AGENT_ACCESS_TOKEN !== 'agent-access-token') process.exit(1)

if (group === 'redactor' && verb === 'add') {
  appendFileSync('redacted', readFileSync(0))
} else if (group === 'oidc' && verb === 'request-token') {
  const { values } = parseArgs({
    args,
    options: { audience: { type: 'string' }, claim: { type: 'string' } },
  })
  const asked = values.claim?.split(',') ?? []
  const optional = ['organization_id', 'pipeline_id'].filter((name) => !asked.includes(name))
  const claims = Object.fromEntries(optional.map((name) => [name, null]))
  const { audience } = values
  const response = await fetch(`${process.env.DEV_ISSUER}/mint`, {
    method: 'POST',
    body: JSON.stringify({ provider: 'buildkite', audience, claims }),
  })
  const { token } = (await response.json()) as { token: string }
  process.stdout.write(`${token}\n`)
} else {
  process.exit(1)
}
