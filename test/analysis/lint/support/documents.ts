/** Careful rules without findings, one per platform, and functions that change one part of them. */

import type { Finding } from '../../../../src/analysis/lint/finding.ts'
import { lint } from '../../../../src/analysis/lint/lint.ts'
import { compileTrust } from '../../../../src/core/policy/compile/compile.ts'
import type { CompiledTrust } from '../../../../src/core/policy/compile/compiled.ts'
import { CEILINGS } from '../../../support/core-world.ts'

export const AT = 1_795_000_000
export const API = 'https://api.example.com/v1'

type Json = Readonly<Record<string, unknown>>

type Platform = { readonly issuer: Json; readonly when: Json; readonly grant?: Json }

const UUID = 'aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee'

/** The conditions of a careful rule for a job that deploys. */
const CAREFUL = {
  github: {
    issuer: { provider: 'github-actions' },
    when: {
      repository_owner_id: '4411',
      repository_id: '8123456',
      ref: 'refs/heads/main',
      environment: 'production',
      event_name: ['push', 'workflow_dispatch'],
      runner_environment: 'github-hosted',
    },
    grant: { subject: 'github:{repository_id}:{environment}' },
  },
  gitlab: {
    issuer: { provider: 'gitlab-com' },
    when: {
      namespace_id: '7',
      project_id: '42',
      ref_path: 'refs/heads/main',
      ref_protected: 'true',
      pipeline_source: ['push', 'web'],
      runner_environment: 'gitlab-hosted',
    },
  },
  gitlabOwn: {
    issuer: { provider: 'gitlab-self-managed', issuer: 'https://gitlab.example.com' },
    when: { project_id: '42', ref_protected: 'true', pipeline_source: 'push' },
  },
  terraform: {
    issuer: { provider: 'hcp-terraform' },
    when: {
      terraform_organization_id: 'org-acme',
      terraform_workspace_id: 'ws-app',
      terraform_run_phase: 'apply',
    },
  },
  circleci: {
    issuer: { provider: 'circleci', issuer: `https://oidc.circleci.com/org/${UUID}` },
    when: {
      'oidc.circleci.com/project-id': UUID,
      'oidc.circleci.com/vcs-origin': 'github.com/acme/app',
      'oidc.circleci.com/vcs-ref': 'refs/heads/main',
      'oidc.circleci.com/ssh-rerun': false,
    },
  },
  buildkite: {
    issuer: { provider: 'buildkite' },
    when: {
      organization_id: UUID,
      pipeline_id: UUID,
      build_branch: 'main',
      build_source: 'webhook',
    },
  },
  cluster: {
    issuer: { provider: 'kubernetes', issuer: 'https://oidc.cluster.example.com' },
    when: { sub: 'system:serviceaccount:prod:deploy' },
  },
  eks: {
    issuer: {
      provider: 'eks',
      issuer: 'https://oidc.eks.eu-central-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF',
    },
    when: { 'kubernetes.io.namespace': 'prod', 'kubernetes.io.serviceaccount.name': 'deploy' },
  },
  spiffe: {
    issuer: { provider: 'spiffe-jwt-svid', issuer: 'https://oidc-discovery.example.org' },
    when: { sub: 'spiffe://acme.dev/ns/prod/sa/deploy' },
  },
  aws: {
    issuer: { provider: 'aws-outbound', issuer: `https://${UUID}.tokens.sts.global.api.aws` },
    when: { sub: 'arn:aws:iam::123456789012:role/deploy' },
  },
  entra: {
    issuer: { provider: 'entra-id', issuer: `https://login.microsoftonline.com/${UUID}/v2.0` },
    when: { tid: UUID, oid: UUID },
  },
  google: {
    issuer: { provider: 'google-service-account' },
    when: { sub: '100000000000000000001' },
  },
  generic: {
    issuer: { provider: 'generic-oidc', issuer: 'https://issuer.example.com' },
    when: { sub: 'workload-7' },
  },
} as const

export type PlatformName = keyof typeof CAREFUL

export const PLATFORMS = Object.keys(CAREFUL) as PlatformName[]

/** Changes to the careful rule: members of `when` set to undefined are left out. */
export type Change = {
  readonly when?: Json
  /** Conditions that replace the careful ones. */
  readonly only?: Json
  readonly grant?: Json
  readonly rule?: Json
  readonly issuer?: Json
  readonly more?: readonly Json[]
}

export function ruleOf(platform: PlatformName, { when, only, grant, rule }: Change = {}): Json {
  const careful: Platform = CAREFUL[platform]
  const conditions = only ?? { ...careful.when, ...when }
  return {
    name: 'deploy',
    description: 'Deploys the app.',
    owner: 'platform@example.com',
    expires: '2027-03-31',
    from: 'ci',
    when: Object.fromEntries(Object.entries(conditions).filter(([, one]) => one !== undefined)),
    grant: { resource: API, scopes: ['deploy:write'], lifetime: '10m', ...careful.grant, ...grant },
    ...rule,
  }
}

export function documentOf(platform: PlatformName, change: Change = {}): Json {
  return {
    version: 1,
    issuers: { ci: { ...CAREFUL[platform].issuer, ...change.issuer } },
    resources: {
      [API]: { scopes: ['deploy:read', 'deploy:write', 'deploy:admin', '*'], max_lifetime: '2h' },
    },
    rules: [ruleOf(platform, change), ...(change.more ?? [])],
  }
}

const WIDE = { ...CEILINGS, maxTokenLifetimeSeconds: 24 * 3600 }

/** The document compiled, or the codes of the compiler's problems. */
export function compileOrCodes(document: unknown): CompiledTrust | readonly string[] {
  const compiled = compileTrust(document, WIDE, { admitAt: AT })
  return 'problems' in compiled ? compiled.problems.map(({ code }) => code) : compiled.trust
}

/** Every finding, or the codes of the compiler's problems. */
export function findingsOf(document: unknown): readonly Finding[] | readonly string[] {
  const trust = compileOrCodes(document)
  return 'rules' in trust ? lint(trust, { at: AT }) : trust
}

/** The distinct ids of the findings, or the codes of the compiler's problems. */
export function idsOf(document: unknown): readonly string[] {
  const ids = findingsOf(document).map((one) => (typeof one === 'string' ? one : one.lint))
  return [...new Set(ids)]
}

/** A change that causes a finding, and a similar change that does not. */
export type Row = readonly [
  id: string,
  what: string,
  platform: PlatformName,
  caught: Change,
  leftAlone: Change,
]
