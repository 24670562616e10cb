/** What a folder says about its deployment, read and checked before anything is sent. */
import { readSettings } from '../../../core/settings.ts'
import { usageFailure } from '../../shell/failure.ts'
import { requireResolvedPolicy } from '../../trust/lint/require-resolved.ts'
import { ANSWERS_FILE, type Kept, parseKept, renderKept } from '../answers.ts'
import { digest } from '../folder/compare.ts'
import { guardFiles } from '../folder/guard.ts'
import { readSetupFile } from '../folder/read-file.ts'
import { readKeyFile, type Secrets } from '../folder/signing-keys.ts'
import { writeAll } from '../folder/write-all.ts'
import { POLICY_FILE } from '../written/policy.ts'
import { type Deployed, readWrangler, WRANGLER_FILE, withNamespace } from '../written/wrangler.ts'

export type Deployment = Deployed & {
  readonly folder: string
  readonly kept: Kept
  /** The text of `BOOTSTRAP_TRUST`. */
  readonly policy: string
  /** The signing keys that are not uploaded yet. */
  readonly keys: Secrets | undefined
}

/** Throws a usage failure that names what is missing or invalid. */
export function readDeployment(folder: string): Deployment {
  return guardFiles('nothing was deployed', () => readAll(folder))
}

function readAll(folder: string): Deployment {
  const kept = parseKept(readText(folder, ANSWERS_FILE))
  const deployed = readWrangler(readText(folder, WRANGLER_FILE))
  const policy = readPolicy(readText(folder, POLICY_FILE), deployed.issuer)
  return { ...deployed, folder, kept, policy, keys: readKeyFile(folder) }
}

function readText(folder: string, path: string): string {
  const text = readSetupFile(folder, path)
  if (text !== undefined) return text
  throw usageFailure(`there is no ${path} here; nothing was deployed`, 'npx edgemint init')
}

/**
 * The policy as the Worker will read it, without white space: a secret has a limit of size. Throws a
 * refusal if lint has findings: a rule here makes administrators.
 */
function readPolicy(text: string, issuer: string): string {
  const settings = readSettings({ ISSUER: issuer, BOOTSTRAP_TRUST: text })
  if (settings.ok) {
    const { policy } = settings.value
    if (policy !== undefined) requireResolvedPolicy({ path: POLICY_FILE, text, policy })
    return JSON.stringify(JSON.parse(text))
  }
  const [problem] = settings.error
  const file = problem?.variable === 'ISSUER' ? WRANGLER_FILE : POLICY_FILE
  throw usageFailure(`${file} ${problem?.message}; nothing was deployed`)
}

/** Writes the id of the namespace to the configuration and to the answers, both or none. */
export function keepNamespace(deployment: Deployment, id: string): void {
  const { folder, kept } = deployment
  const before = readText(folder, WRANGLER_FILE)
  const text = withNamespace(before, id)
  const isEdited = kept.files[WRANGLER_FILE] !== digest(before)
  const files = isEdited ? kept.files : { ...kept.files, [WRANGLER_FILE]: digest(text) }
  writeAll(folder, [
    { path: WRANGLER_FILE, text },
    { path: ANSWERS_FILE, text: renderKept({ ...kept, namespace_id: id, files }) },
  ])
}
