/**
 * The answers that `edgemint init` was given, as it keeps them in edgemint.init.json, and what it
 * wrote from them. The files themselves are made in `written`.
 */
import * as z from 'zod/mini'
import { usageFailure } from '../shell/failure.ts'

export const ANSWERS_FILE = 'edgemint.init.json'

const text = z.string().check(z.minLength(1), z.maxLength(512))
const texts = z.array(text).check(z.maxLength(100))

const github = z.strictObject({
  kind: z.literal('github'),
  repository: text,
  environment: text,
  owner_id: text,
  repository_id: text,
})

const gitlab = z.strictObject({
  kind: z.literal('gitlab'),
  project: text,
  environment: text,
  namespace_id: text,
  project_id: text,
})

const kubernetes = z.strictObject({
  kind: z.literal('kubernetes'),
  issuer: text,
  namespace: text,
  service_account: text,
})

const people = z.strictObject({
  issuer: text,
  client_id: text,
  emails: texts,
  subjects: texts,
  groups: texts,
})

const answers = z.strictObject({
  /** The issuer URL of the gateway. */
  issuer: text,
  /** The name of the Worker. */
  name: text,
  /** Who answers for the rules. */
  owner: text,
  /** The last day of the rules, as `2027-11-30`. */
  expires: text,
  /** The branch whose jobs administer and deploy. */
  branch: text,
  administrators: z.array(z.discriminatedUnion('kind', [github, gitlab])),
  people: z.optional(people),
  workloads: z.array(z.discriminatedUnion('kind', [github, gitlab, kubernetes])),
  api: z.strictObject({ resource: text, scopes: texts }),
})

const signingKey = z.strictObject({
  /** The name of its secret. */
  secret: text,
  kid: text,
  alg: text,
})

const kept = z.strictObject({
  version: z.literal(1),
  answers,
  /** The id of the KV namespace, once `deploy` has made it. */
  namespace_id: z.optional(text),
  signing_keys: z.array(signingKey),
  /** The digest of each file as it was written, by path. A file with another digest was edited. */
  files: z.record(z.string(), z.string()),
})

type GithubPlace = z.infer<typeof github>
type GitlabPlace = z.infer<typeof gitlab>
type KubernetesPlace = z.infer<typeof kubernetes>
/** A place in CI whose jobs administer the gateway. */
export type CiPlace = GithubPlace | GitlabPlace
export type Workload = CiPlace | KubernetesPlace
export type People = z.infer<typeof people>
export type Answers = z.infer<typeof answers>
export type SigningKeyFacts = z.infer<typeof signingKey>
export type Kept = z.infer<typeof kept>

/** Throws a usage failure for a file that `init` cannot have written. */
export function parseKept(json: string): Kept {
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch {
    throw usageFailure(`${ANSWERS_FILE} is not JSON`, `restore it from your history`)
  }
  const version = (value as { readonly version?: unknown } | null)?.version
  if (typeof version === 'number' && version > 1) {
    throw usageFailure(
      `${ANSWERS_FILE} was written by a newer version of edgemint`,
      'npm install edgemint@latest',
    )
  }
  const parsed = kept.safeParse(value)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw usageFailure(
    `${ANSWERS_FILE} is invalid at ${issue?.path.join('.') || 'its top'}`,
    'restore it from your history',
  )
}

export function renderKept(value: Kept): string {
  return `${JSON.stringify(value, null, 2)}\n`
}
