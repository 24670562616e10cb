/** The flags of `edgemint init`. Each is an answer to one question. */
import type { Result } from '../../../web/result.ts'
import type { Flags, Values } from '../../shell/command.ts'
import { usageFailure } from '../../shell/failure.ts'
import type { Answers } from '../answers.ts'
import { ADMIN_FORM, WORKLOAD_FORM } from '../place-spec.ts'
import type { Ask } from './ask.ts'

export const ANSWER_FLAGS = {
  issuer: {
    value: 'URL',
    about:
      'the public `https` URL of the gateway; its host becomes the custom domain of the Worker',
  },
  admin: {
    value: 'PLACE',
    about: `whose jobs administer the gateway: ${ADMIN_FORM}`,
    repeats: true,
  },
  'people-issuer': {
    value: 'URL',
    about: 'the OpenID Connect provider whose people administer the gateway',
  },
  'people-client-id': {
    value: 'ID',
    about: 'the public client that is registered there',
  },
  'people-email': {
    value: 'EMAIL',
    about: 'an administrator by verified address',
    repeats: true,
  },
  'people-subject': {
    value: 'SUB',
    about: 'an administrator by the claim `sub`',
    repeats: true,
  },
  'people-group': {
    value: 'NAME',
    about: 'administrators by an entry of the claim `groups`',
    repeats: true,
  },
  workload: {
    value: 'PLACE',
    about: `who gets tokens for the first API: ${WORKLOAD_FORM}`,
    repeats: true,
    default: 'the repository of `--admin`, environment `production`',
  },
  ids: {
    value: 'PATH=IDS',
    about:
      'the ids of a repository or project, such as `acme/api=4411/8123456`: on GitHub those of owner and repository, on GitLab those of namespace and project; asked of `gh` and `glab` without it. An administrator or a workload must name the path too',
    repeats: true,
  },
  resource: { value: 'URI', about: 'the first API' },
  scope: { value: 'NAME', about: 'a scope of the first API', repeats: true },
  owner: { value: 'TEXT', about: 'who answers for the rules: an address or a team' },
  branch: {
    value: 'NAME',
    about: 'the branch whose jobs administer and deploy',
    default: '`main`',
  },
  name: { value: 'NAME', about: 'the name of the Worker', default: '`edgemint`' },
} as const satisfies Flags

export type AnswerValues = Values<typeof ANSWER_FLAGS>

/** Where an answer can come from, in this order. */
export type AnswerSources = {
  readonly values: AnswerValues
  /** The answers of the last run. */
  readonly last: Answers | undefined
  /** Undefined without a terminal. */
  readonly ask: Ask | undefined
  readonly folder: string
}

/** Throws a usage failure that names the flag. */
export function readFlag<T>(
  name: string,
  text: string,
  parse: (text: string) => Result<T, string>,
): T {
  const parsed = parse(text)
  if (parsed.ok) return parsed.value
  throw usageFailure(`--${name} ${parsed.error}; nothing was written`)
}
