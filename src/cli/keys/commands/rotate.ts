/**
 * `edgemint keys rotate`: makes the successor of a signing key and stores it where the gateway reads
 * its keys. The private key is never printed and is in no command line.
 */
import { addLocalKey, endLocalKey } from '../../../dev/in-house.ts'
import { guardDisk } from '../../backup/guard-disk.ts'
import { noAdminToken } from '../../people/admin-access.ts'
import type { Command } from '../../shell/command.ts'
import { EXIT_CODES, type ExitCode } from '../../shell/exit-codes.ts'
import { usageFailure } from '../../shell/failure.ts'
import { parseFlags } from '../../shell/flags.ts'
import { hint, print, printJson, say } from '../../shell/output.ts'
import { changeKeys } from '../change-keys.ts'
import { keyFlags, readPlace } from '../key-flags.ts'
import { currentSeconds, readTime, writeTime } from '../key-time.ts'
import { requireSecrets } from '../local-secrets.ts'
import { ALGORITHMS, checkAlgorithm, type KeyDates, makeKey } from '../make-key.ts'
import {
  chooseSecretName,
  planRotation,
  type Rotation,
  writeRetirements,
} from '../plan-rotation.ts'
import { type Deployment, putSecret, WRANGLER_FLAGS, wranglerCommand } from '../put-secret.ts'
import { getKeys, readStateKeys } from '../read-keys.ts'

export const command = {
  synopsis: '(--url URL [--token-file FILE] | --state DIR) [FLAGS]',
  about: `Makes the successor of a signing key and stores it: with \`npx wrangler secret put\`, or in the state
directory of \`serve\`. The successor is published at once and signs a day later, when every verifier has
it. The key that it replaces ends then, and stays published until its last token has expired. Prints no
private key.`,
  flags: {
    ...keyFlags('the scope `trust:read`'),
    algorithm: {
      value: 'ALG',
      about: `the algorithm of the key: ${ALGORITHMS.map((name) => `\`${name}\``).join(', ')}`,
      default: 'that of the key for resources that name none',
      alias: 'alg',
      completes: ALGORITHMS,
    },
    'activates-at': {
      value: 'TIME',
      about: 'the UTC time from which the key signs, at least an hour from now',
      default: 'in 24 hours, or when the key that it replaces ends',
    },
    'retires-at': {
      value: 'TIME',
      about: 'the UTC time until which the key signs',
      default: 'until its own successor signs',
    },
    now: {
      about:
        'sign at once, after a leak: verifiers that have the old key set may refuse tokens for some minutes',
    },
    name: {
      value: 'SECRET',
      about: 'the name of the new secret',
      default: '`SIGNING_KEY_` and the year and month',
    },
    ...WRANGLER_FLAGS,
    'dry-run': { about: 'say what would be stored, and make no key' },
    'print-command': { about: 'print the commands that would do it, and make no key' },
    json: { about: 'print `{ kid, alg, secret, activates_at, retires_at, ends }`' },
  },
  example:
    'npx edgemint keys rotate --url https://sts.example.com --token-file admin.jwt --dry-run',
} as const satisfies Command

type Plan = Rotation & {
  readonly secret: string
  /** The next value of `KEY_RETIREMENTS`. Undefined if no key is replaced. */
  readonly retirements: string | undefined
}

export async function run(args: readonly string[]): Promise<ExitCode> {
  const { values } = parseFlags(args, command)
  if (values.algorithm !== undefined) checkAlgorithm(values.algorithm)
  if (values.now && values['activates-at'] !== undefined) {
    throw usageFailure('--now and --activates-at cannot be used together')
  }
  if (values['dry-run'] && values['print-command']) {
    throw usageFailure('--dry-run and --print-command cannot be used together')
  }
  const request = {
    algorithm: values.algorithm,
    activatesAt: readTime('activates-at', values['activates-at']),
    retiresAt: readTime('retires-at', values['retires-at']),
    isNow: values.now,
  }
  const place = await readPlace(values)
  const at = currentSeconds()
  if (place.kind === 'state') {
    checkStateFlags(values)
    const { stateDir } = place
    if (values['dry-run']) {
      const rotation = planRotation(await readStateKeys(stateDir, at), { ...request, at })
      return sayPlan({ ...rotation, secret: stateDir })
    }
    return changeKeys(stateDir, (report, startedAt) =>
      rotateState(stateDir, planRotation(report, { ...request, at: startedAt }), values.json),
    )
  }
  if (place.kind === 'published') throw noAdminToken(place.url)
  const report = await getKeys(place.access)
  requireSecrets(report, 'rotate')
  const rotation = planRotation(report, { ...request, at })
  const deployment = { config: values.config, env: values.env }
  const { ends } = rotation
  return rotateDeployed(
    {
      ...rotation,
      secret: chooseSecretName(report, values.name, at),
      retirements: ends.length === 0 ? undefined : writeRetirements(report, ends),
    },
    deployment,
    values,
  )
}

function checkStateFlags(values: Readonly<Record<string, unknown>>): void {
  const unfit = ['name', 'config', 'env'].find((name) => values[name] !== undefined)
  if (unfit !== undefined) throw usageFailure(`--${unfit} is only for a deployed gateway`)
  if (values['print-command'] === true) {
    throw usageFailure('--print-command is only for a deployed gateway')
  }
}

type Output = {
  readonly 'dry-run': boolean
  readonly 'print-command': boolean
  readonly json: boolean
}

async function rotateState(
  stateDir: string,
  rotation: Rotation,
  isJson: boolean,
): Promise<ExitCode> {
  const { jwk, kid } = makeKey(rotation.algorithm, datesOf(rotation))
  const path = await guardDisk('no key was changed', async () => addLocalKey(stateDir, jwk))
  for (const { kid: ended, secret, at } of rotation.ends) {
    const left = `the new key is in ${path}, and the key ${ended} has no end: keys retire ends it`
    if (secret !== undefined) {
      await guardDisk(left, async () => endLocalKey(secret, writeTime(at)))
    }
  }
  saySuccessor({ ...rotation, secret: path }, kid)
  sayEnds({ ...rotation, secret: path }, kid, isJson)
  hint('start the gateway again: it publishes the key from then on')
  return EXIT_CODES.done
}

async function rotateDeployed(
  plan: Plan,
  deployment: Deployment,
  values: Output,
): Promise<ExitCode> {
  if (values['dry-run']) return sayPlan(plan)
  if (values['print-command']) return printCommands(plan, deployment)
  const { jwk, kid } = makeKey(plan.algorithm, datesOf(plan))
  await putSecret(plan.secret, jwk, deployment)
  saySuccessor(plan, kid)
  // The successor comes first: without it, the end of the old key would end all signing.
  if (plan.retirements !== undefined) {
    await putSecret('KEY_RETIREMENTS', plan.retirements, deployment)
  }
  sayEnds(plan, kid, values.json)
  hint('see that it is published: npx edgemint keys check --help')
  return EXIT_CODES.done
}

function datesOf({ activatesAt, retiresAt }: Rotation): KeyDates {
  return {
    activates_at: writeTime(activatesAt),
    ...(retiresAt === undefined ? {} : { retires_at: writeTime(retiresAt) }),
  }
}

function printCommands(plan: Plan, deployment: Deployment): ExitCode {
  const { activates_at: start, retires_at: end } = datesOf(plan)
  const flags = [
    `--algorithm ${plan.algorithm}`,
    `--activates-at ${start}`,
    ...(end === undefined ? [] : [`--retires-at ${end}`]),
  ]
  const put = (name: string) => wranglerCommand('put', name, deployment)
  print(`npx edgemint keys generate ${flags.join(' ')} | ${put(plan.secret)}`)
  if (plan.retirements !== undefined) {
    print(`printf %s '${plan.retirements}' | ${put('KEY_RETIREMENTS')}`)
  }
  return EXIT_CODES.done
}

function sayPlan({ algorithm, activatesAt, ends, secret }: Rotation & { secret: string }) {
  say(`would make an ${algorithm} key that signs from ${writeTime(activatesAt)}, in ${secret}`)
  for (const { kid, at } of ends) say(`would end the key ${kid} at ${writeTime(at)}`)
  return EXIT_CODES.done
}

type Stored = Rotation & { readonly secret: string }

function saySuccessor({ algorithm, activatesAt, secret }: Stored, kid: string): void {
  say(`the ${algorithm} key ${kid} is in ${secret} and signs from ${writeTime(activatesAt)}`)
}

function sayEnds(plan: Stored, kid: string, isJson: boolean): void {
  const { algorithm, activatesAt, retiresAt, ends, secret } = plan
  for (const end of ends) say(`the key ${end.kid} signs until ${writeTime(end.at)}`)
  if (!isJson) return
  printJson(
    {
      ...{ kid, alg: algorithm, secret, activates_at: activatesAt },
      retires_at: retiresAt ?? null,
      ends: ends.map((end) => ({ kid: end.kid, retires_at: end.at })),
    },
    2,
  )
}
