/**
 * `edgemint keys retire`: ends a signing key. Scheduled, its tokens stay valid until they expire. With
 * `--now`, every token that it signed is revoked.
 */
import type { KeyReport, KeysReport } from '../../../contract/admin.ts'
import { endLocalKey } from '../../../dev/in-house.ts'
import { guardDisk } from '../../backup/guard-disk.ts'
import { noAdminToken } from '../../people/admin-access.ts'
import { OWN_TOKEN_ENDED } from '../../revocations/ask-to-revoke.ts'
import type { Command } from '../../shell/command.ts'
import { EXIT_CODES, type ExitCode } from '../../shell/exit-codes.ts'
import { refusal, usageFailure } from '../../shell/failure.ts'
import { parseFlags } from '../../shell/flags.ts'
import { hint, print, printJson, say } from '../../shell/output.ts'
import type { AdminAccess } from '../../trust/admin-api.ts'
import { changeKeys } from '../change-keys.ts'
import { keyFlags, readPlace } from '../key-flags.ts'
import { currentSeconds, readTime, writeTime } from '../key-time.ts'
import { findKeyFile, requireSecrets } from '../local-secrets.ts'
import { isSameAlgorithm, writeRetirements } from '../plan-rotation.ts'
import { type Deployment, putSecret, WRANGLER_FLAGS, wranglerCommand } from '../put-secret.ts'
import { getKeys, readStateKeys } from '../read-keys.ts'
import { revokeKey } from '../revoke-key.ts'

export const command = {
  synopsis: 'KID (--url URL [--token-file FILE] | --state DIR) [FLAGS]',
  about: `Ends a signing key. By default it signs until its successor does, and its tokens stay valid until
they expire. With --now, revokes every token that the key has signed, and says which secret to delete:
the key may be known to others.`,
  arguments: { least: 1, most: 1, what: 'the id of a key' },
  flags: {
    ...keyFlags('the scope `trust:read`; with `--now` also `revocations:write`'),
    at: {
      value: 'TIME',
      about: 'the UTC time until which the key signs',
      default: 'when its successor signs',
    },
    now: { about: 'revoke every token of the key at once; needs `--url` and `--reason`' },
    reason: {
      value: 'TEXT',
      about: 'with `--now`: the reason, on one line; stored in the log of revocations',
    },
    yes: { about: 'with `--now`: also if your own admin token is signed with this key' },
    ...WRANGLER_FLAGS,
    'dry-run': {
      about: 'say what would happen, and change nothing; with `--now`, count the live tokens',
    },
    'print-command': { about: 'print the command that would store the end, and store nothing' },
    json: { about: 'print `{ kid, retires_at }`; with `--now`, the answer of the gateway' },
  },
  example:
    'npx edgemint keys retire "$KEY_ID" --url https://sts.example.com --token-file admin.jwt',
} as const satisfies Command

type Values = {
  readonly now: boolean
  readonly reason: string | undefined
  readonly yes: boolean
  readonly at: string | undefined
  readonly 'dry-run': boolean
  readonly 'print-command': boolean
  readonly json: boolean
}

export async function run(args: readonly string[]): Promise<ExitCode> {
  const { values, positionals } = parseFlags(placeKeyId(args), command)
  const [kid = ''] = positionals
  checkFlags(values)
  const place = await readPlace(values)
  if (place.kind === 'published') throw noAdminToken(place.url)
  const at = currentSeconds()
  if (place.kind === 'state') {
    if (values.now) throw usageFailure('--now needs --url: a running gateway revokes the tokens')
    if (values['print-command'])
      throw usageFailure('--print-command is only for a deployed gateway')
    const asked = readTime('at', values.at)
    const { key, end } = values['dry-run']
      ? planEnd(await readStateKeys(place.stateDir, at), kid, asked, at)
      : await changeKeys(place.stateDir, async (report, startedAt) => {
          const plan = planEnd(report, kid, asked, startedAt)
          const write = async () => endLocalKey(plan.key.secret ?? '', writeTime(plan.end))
          await guardDisk('no key was changed', write)
          return plan
        })
    sayEnd(key, end, values)
    if (!values['dry-run']) hint('start the gateway again: it reads its keys at its start')
    return EXIT_CODES.done
  }
  const report = await getKeys(place.access)
  const deployment = { config: values.config, env: values.env }
  if (values.now) {
    return retireNow(place.access, report, findKey(report, kid), values, deployment)
  }
  requireSecrets(report, 'retire')
  const { key, end } = planEnd(report, kid, readTime('at', values.at), at)
  const retirements = writeRetirements(report, [{ kid, at: end }])
  if (values['print-command']) {
    print(`printf %s '${retirements}' | ${wranglerCommand('put', 'KEY_RETIREMENTS', deployment)}`)
    return EXIT_CODES.done
  }
  if (!values['dry-run']) await putSecret('KEY_RETIREMENTS', retirements, deployment)
  sayEnd(key, end, values)
  return EXIT_CODES.done
}

/** The id of a key is base64url, and one in 64 begins like a flag. */
function placeKeyId(args: readonly string[]): readonly string[] {
  const isKeyId = (arg: string) => /^-[A-Za-z0-9_-]{42}$/.test(arg)
  const ids = args.filter(isKeyId)
  return ids.length === 0 ? args : [...args.filter((arg) => !isKeyId(arg)), '--', ...ids]
}

function checkFlags({
  now,
  reason,
  yes,
  at,
  'dry-run': isDry,
  'print-command': isPrinted,
}: Values) {
  if (now && reason === undefined) throw usageFailure('--now needs --reason')
  if (now && at !== undefined) throw usageFailure('--now and --at cannot be used together')
  if (now && isPrinted) throw usageFailure('--now and --print-command cannot be used together')
  if (!now && (reason !== undefined || yes)) {
    throw usageFailure('--reason and --yes need --now')
  }
  if (isDry && isPrinted)
    throw usageFailure('--dry-run and --print-command cannot be used together')
}

function findKey({ keys }: KeysReport, kid: string): KeyReport {
  const key = keys.find((one) => one.kid === kid)
  if (key !== undefined) return key
  throw usageFailure(`there is no key ${kid}`, 'npx edgemint keys list --help')
}

function planEnd(report: KeysReport, kid: string, asked: number | undefined, at: number) {
  const key = findKey(report, kid)
  return { key, end: chooseEnd(report, key, asked, at) }
}

/** Throws a failure if no other key of the algorithm would sign after the end. */
function chooseEnd(
  { keys }: KeysReport,
  key: KeyReport,
  asked: number | undefined,
  at: number,
): number {
  const { kid, alg, state, retires_at: end } = key
  if (state === 'retired' || state === 'withdrawn') {
    throw refusal(`the key ${kid} has ended at ${writeTime(end ?? 0)}`)
  }
  if (asked !== undefined && asked < at) throw usageFailure('--at must not be in the past')
  const starts = keys
    .filter((other) => other !== key && isSameAlgorithm(other.alg, alg))
    .filter((other) => ['scheduled', 'signing', 'standby'].includes(other.state))
    .filter(({ retires_at: last }) => last === null || last > (asked ?? at))
    .map(({ activates_at: start }) => start ?? 0)
  const soonest = starts.length === 0 ? Number.POSITIVE_INFINITY : Math.min(...starts)
  const chosen = asked ?? Math.max(at, soonest)
  if (soonest > chosen || chosen === Number.POSITIVE_INFINITY) {
    throw refusal(
      `no other ${alg} key would sign after ${kid}`,
      'schedule its successor first: npx edgemint keys rotate --help',
    )
  }
  return chosen
}

function sayEnd(key: KeyReport, end: number, values: Values): void {
  const would = values['dry-run'] ? 'would sign' : 'signs'
  say(
    `the key ${key.kid} ${would} until ${writeTime(end)}; its tokens stay valid until they expire`,
  )
  if (key.state === 'scheduled') {
    hint('the key that it would have replaced keeps its end: npx edgemint keys list --help')
  }
  if (values.json) printJson({ kid: key.kid, retires_at: end }, 2)
}

async function retireNow(
  access: AdminAccess,
  { keys }: KeysReport,
  key: KeyReport,
  values: Values,
  deployment: Deployment,
): Promise<ExitCode> {
  const { kid, alg, secret } = key
  const remains = keys.some(
    (other) =>
      other !== key &&
      isSameAlgorithm(other.alg, alg) &&
      (other.state === 'signing' || other.state === 'standby'),
  )
  const isDry = values['dry-run']
  const { report, endsOwn } = await revokeKey(access, {
    ...{ key: kid, reason: values.reason ?? '' },
    ...(isDry ? { dry_run: true } : {}),
    ...(values.yes ? { confirm: true } : {}),
  })
  if (isDry) say(`would revoke every token of the key ${kid}: ${report.live_tokens} are live`)
  else say(`every token of the key ${kid} is revoked`)
  if (endsOwn) say(OWN_TOKEN_ENDED)
  if (values.json) printJson(report, 2)
  const file = findKeyFile(key)
  if (!remains) {
    const next =
      file === undefined
        ? `npx edgemint keys rotate --now --algorithm ${alg} --help`
        : 'make one with npx edgemint keys rotate --now --state, unless one waits for the next start'
    hint(`no other ${alg} key signs now: ${next}`)
  }
  if (file !== undefined) {
    hint(`remove ${file} from the state directory, and start the gateway again`)
    return EXIT_CODES.done
  }
  hint(
    secret === undefined
      ? 'delete its secret: npx wrangler secret delete NAME'
      : `delete its secret: ${wranglerCommand('delete', secret, deployment)}`,
  )
  hint('with serve --production: remove its file, and start the gateway again')
  return EXIT_CODES.done
}
