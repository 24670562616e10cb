/** The steps of a deployment that wrangler does: account, namespace, secrets and the upload. */
import { refusal, unreachable } from '../../shell/failure.ts'
import { currentIo } from '../../shell/io.ts'
import { noteLines, say } from '../../shell/output.ts'
import { removeKeyFile, withUploadFile } from '../folder/signing-keys.ts'
import { type Deployment, keepNamespace } from './deployment.ts'
import { NAMESPACE_LIST, SECRET_LIST, titleOf, UPLOAD } from './steps.ts'
import { renderWranglerCommand, runWrangler, type WranglerRun } from './wrangler.ts'

const POLICY_SECRET = 'BOOTSTRAP_TRUST'

export async function checkAccount({ folder, hasAccount }: Deployment): Promise<void> {
  const run = await runWrangler(folder, ['whoami', '--json'])
  const answer = readJson(run.stdout) as {
    readonly loggedIn?: unknown
    readonly accounts?: readonly { readonly name?: unknown }[]
  }
  if (run.exitCode !== 0 || answer?.loggedIn !== true) {
    throw refusal(
      'wrangler is not logged in; nothing was deployed',
      'npx wrangler login',
      'in CI, set CLOUDFLARE_API_TOKEN and CLOUDFLARE_ACCOUNT_ID',
    )
  }
  const names = (answer.accounts ?? []).map(({ name }) => String(name))
  const isChosen = hasAccount || (currentIo().environment.CLOUDFLARE_ACCOUNT_ID ?? '') !== ''
  if (names.length > 1 && !isChosen) {
    throw refusal(
      `wrangler has several accounts (${names.join(', ')}); nothing was deployed`,
      'choose one with CLOUDFLARE_ACCOUNT_ID, or with account_id in wrangler.toml',
    )
  }
  say(`deploying to the account ${isChosen ? 'that is set' : (names[0] ?? 'of the token')}`)
}

/** Finds or creates the namespace, so that a run after an interruption finds the one of before. */
export async function makeNamespace(deployment: Deployment): Promise<void> {
  const { folder, name } = deployment
  const title = titleOf(name)
  let id = await findNamespace(folder, title)
  if (id === undefined) {
    await requireRun(folder, ['kv', 'namespace', 'create', title], 'create the namespace')
    id = await findNamespace(folder, title)
    if (id === undefined) throw refusal(`wrangler does not list the namespace ${title}`)
    say(`created the namespace ${title}`)
  } else say(`the namespace ${title} is there already`)
  keepNamespace(deployment, id)
}

async function findNamespace(folder: string, title: string): Promise<string | undefined> {
  const { stdout } = await requireRun(folder, NAMESPACE_LIST, 'list the namespaces')
  const list = readJson(stdout)
  const found = Array.isArray(list)
    ? list.find((one: { readonly title?: unknown }) => one.title === title)
    : undefined
  const id: unknown = found?.id
  return typeof id === 'string' && /^[0-9a-f]{32}$/.test(id) ? id : undefined
}

/** Throws a refusal if the Worker lacks a secret. It has none before its first deployment. */
export async function checkStoredKeys({ folder, kept }: Deployment): Promise<void> {
  const stored = await listSecrets(folder)
  const missing = kept.signing_keys.filter(({ secret }) => !stored.includes(secret))
  if (missing.length < kept.signing_keys.length) return
  throw refusal(
    'the signing keys are neither in .edgemint/secrets nor at Cloudflare; nothing was deployed',
    'npx edgemint init --new-keys',
  )
}

async function listSecrets(folder: string): Promise<readonly string[]> {
  const run = await runWrangler(folder, SECRET_LIST)
  const list = run.exitCode === 0 ? readJson(run.stdout) : undefined
  return Array.isArray(list) ? list.map((one: { readonly name?: unknown }) => String(one.name)) : []
}

/**
 * The secrets go up with the Worker, so that no version of it ever runs without its keys, and a failed
 * upload leaves neither.
 */
export async function upload({ folder, keys = {}, policy }: Deployment): Promise<void> {
  await withUploadFile(folder, { ...keys, [POLICY_SECRET]: policy }, async () => {
    const { exitCode } = await runWrangler(folder, UPLOAD, { isShown: true })
    if (exitCode === 0) return
    throw refusal(
      `wrangler deploy ended with ${exitCode}; the signing keys are kept`,
      'correct what wrangler says, then run npx edgemint deploy again',
    )
  })
}

/** Removes the key file only when Cloudflare lists every key. */
export async function confirmSecrets({ folder, keys }: Deployment): Promise<void> {
  const stored = await listSecrets(folder)
  const wanted = [...Object.keys(keys ?? {}), POLICY_SECRET]
  const missing = wanted.filter((name) => !stored.includes(name))
  if (missing.length > 0) {
    throw refusal(
      `Cloudflare does not list ${missing.join(', ')}; the signing keys are kept`,
      'npx edgemint deploy',
    )
  }
  say(`the Worker has ${wanted.join(', ')}`)
  if (keys === undefined) return
  removeKeyFile(folder)
  say('removed the file of the signing keys')
}

/** Runs wrangler, and throws with what it said if it fails. */
async function requireRun(
  folder: string,
  args: readonly string[],
  purpose: string,
): Promise<WranglerRun> {
  const run = await runWrangler(folder, args)
  if (run.exitCode === 0) return run
  noteLines(`${run.stdout}${run.stderr}`.trim())
  throw unreachable(
    `wrangler could not ${purpose}: ${renderWranglerCommand(args)} ended with ${run.exitCode}`,
    'correct what wrangler says, then run npx edgemint deploy again',
  )
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
