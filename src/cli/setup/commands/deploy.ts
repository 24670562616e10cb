/**
 * `edgemint deploy`: deploys what `init` wrote, step by step. Each step can be repeated, so a run after
 * a failure continues where the last one ended.
 */
import type { Command } from '../../shell/command.ts'
import { EXIT_CODES, type ExitCode } from '../../shell/exit-codes.ts'
import { parseFlags, parseNumber } from '../../shell/flags.ts'
import { HEALTH_WAIT_SECONDS, MAX_HEALTH_WAIT_SECONDS } from '../../shell/limits.ts'
import { hint, printPlain, say } from '../../shell/output.ts'
import { requireGatewayUrl } from '../../workload/gateway-url.ts'
import {
  checkAccount,
  checkStoredKeys,
  confirmSecrets,
  makeNamespace,
  upload,
} from '../deploy/cloudflare.ts'
import { type Deployment, readDeployment } from '../deploy/deployment.ts'
import { awaitHealth, exchangeOnce } from '../deploy/gateway.ts'
import { listSteps, renderSteps, type StepName } from '../deploy/steps.ts'
import { requireWrangler } from '../deploy/tools.ts'
import { TRUST_FILE } from '../written/trust.ts'

export const command = {
  synopsis: '[FLAGS]',
  about: `Deploys the directory that init wrote with wrangler: creates the KV namespace if there is none, uploads
the Worker together with its secrets, waits until it is ready, and makes one exchange if this machine
has a token or a login. Applies no trust document. Run it again after a failure, an upgrade or a change
of policy.json.`,
  flags: {
    directory: {
      value: 'DIR',
      about: 'the directory that init wrote',
      default: 'the current one',
      completes: 'directories',
    },
    'dry-run': {
      about:
        'print each step with its wrangler commands and what they change; runs none and needs no account',
    },
    wait: {
      value: 'SECONDS',
      about: 'how long to wait until the gateway is ready; a new custom domain takes minutes',
      default: String(HEALTH_WAIT_SECONDS),
    },
    url: {
      value: 'URL',
      about: 'where to reach the gateway for the last two steps, in place of its issuer URL',
    },
    'token-file': {
      value: 'FILE',
      about: 'a file with the subject token of the exchange, in place of that of the platform',
      completes: 'files',
    },
  },
  example: 'npx edgemint deploy --dry-run',
} as const satisfies Command

export async function run(args: readonly string[]): Promise<ExitCode> {
  const { values } = parseFlags(args, command)
  const folder = values.directory ?? '.'
  const waitSeconds = parseWait(values.wait)
  const deployment = readDeployment(folder)
  const { issuer, name, namespaceId, keys, kept } = deployment
  const url = values.url === undefined ? issuer : requireGatewayUrl(values.url)
  const steps = listSteps({
    name,
    issuer: url,
    hasNamespace: namespaceId !== undefined,
    hasKeyFile: keys !== undefined,
  })
  if (values['dry-run']) {
    printPlain(renderSteps(steps))
    return EXIT_CODES.done
  }
  const actions: Readonly<Record<StepName, () => Promise<void>>> = {
    tools: async () => requireWrangler(folder),
    account: () => checkAccount(deployment),
    namespace: () => makeNamespace(deployment),
    stored_keys: () => checkStoredKeys(deployment),
    upload: () => upload(deployment),
    secrets: () => confirmSecrets(deployment),
    health: () => awaitHealth(url, waitSeconds),
    exchange: () =>
      exchangeOnce({
        url,
        issuer,
        tokenFile: values['token-file'],
        hasPeople: kept.answers.people !== undefined,
      }),
  }
  for (const [index, step] of steps.entries()) {
    say(`${index + 1}/${steps.length} ${step.about}`)
    await actions[step.name]()
  }
  sayNext(deployment)
  return EXIT_CODES.done
}

function parseWait(text: string | undefined): number {
  if (text === undefined) return HEALTH_WAIT_SECONDS
  return parseNumber('--wait', text, { least: 0, most: MAX_HEALTH_WAIT_SECONDS, unit: 'seconds' })
}

function sayNext({ issuer, kept }: Deployment): void {
  say(`deployed ${issuer}`)
  const { administrators, people } = kept.answers
  if (administrators.length > 0) hint(`push ${TRUST_FILE} to the branch ${kept.answers.branch}`)
  if (people !== undefined) hint(`npx edgemint login --url ${issuer}`)
}
