/** Hostile identities of workloads in clouds and clusters. */
import { type JsonObject, readPath } from '../../web/json.ts'
import { conditionsOn, hasClaim, type Probe, type ProbeFamily, textAt, withClaim } from './probe.ts'

const ID = '66600000-0000-4000-8000-000000000001'

/** AWS: the subject is the ARN of a role. */
export const AWS: ProbeFamily = {
  appliesTo: (profile) => hasClaim(profile, ['https://sts.amazonaws.com/', 'aws_account']),
  claims: () => ({
    sub: 'arn:aws:iam::123456789012:role/app/deploy',
    'https://sts.amazonaws.com/': { aws_account: '123456789012', org_id: 'o-acme' },
  }),
  probes: [
    {
      name: 'aws-other-account',
      hostility: 'stranger',
      who: 'a role with the same name in another account',
      change: (example) => ({
        ...example,
        sub: textAt(example, 'sub').replace(/::[^:]*:/, '::666666666666:'),
        'https://sts.amazonaws.com/': { aws_account: '666666666666', org_id: 'o-evil' },
      }),
    },
    {
      name: 'aws-other-path',
      hostility: 'namesake',
      who: 'a role under another path',
      change: (example, rule) =>
        conditionsOn(rule, ['sub']).length === 0
          ? undefined
          : { ...example, sub: textAt(example, 'sub').replace(/role\/.*$/, 'role/evil/deploy') },
    },
  ],
}

/** Microsoft Entra ID: the issuer contains the tenant, so another tenant is another issuer. */
export const ENTRA: ProbeFamily = {
  appliesTo: (profile) => hasClaim(profile, ['tid']),
  claims: () => ({
    sub: ID,
    tid: 'aaaaaaaa-0000-4000-8000-000000000001',
    oid: ID,
    azp: ID,
    appid: ID,
  }),
  probes: [
    {
      name: 'azure-other-tenant',
      hostility: 'stranger',
      who: 'the same application in another tenant',
      change: (example) => ({
        ...example,
        iss: `https://login.microsoftonline.com/${ID}/v2.0`,
        tid: ID,
        oid: '66600000-0000-4000-8000-000000000002',
      }),
    },
  ],
}

/** Google: one issuer for all accounts. */
export const GOOGLE: ProbeFamily = {
  appliesTo: (profile) => hasClaim(profile, ['google', 'compute_engine', 'project_id']),
  claims: () => ({
    sub: '100000000000000000001',
    azp: '100000000000000000001',
    email: 'deploy@acme.iam.gserviceaccount.com',
    email_verified: true,
  }),
  probes: [
    {
      name: 'google-other-account',
      hostility: 'stranger',
      who: 'a service account of another project',
      change: (example) => ({
        ...example,
        sub: '666000000000000000001',
        azp: '666000000000000000001',
        email: 'deploy@evil.iam.gserviceaccount.com',
        google: { compute_engine: { instance_id: '666', project_number: 666, project_id: 'evil' } },
      }),
    },
    {
      name: 'google-unverified-email',
      hostility: 'stranger',
      who: 'an account with an unverified email address',
      change: (example) => ({
        ...example,
        sub: '666000000000000000001',
        azp: '666000000000000000001',
        email_verified: false,
      }),
    },
  ],
}

const SERVICE_ACCOUNT = 'system:serviceaccount:'
const ROOT = 'kubernetes.io'

function asAccount(example: JsonObject, namespace: string, name: string): JsonObject {
  const moved = { ...example, sub: `${SERVICE_ACCOUNT}${namespace}:${name}` }
  const named = withClaim(moved, [ROOT, 'namespace'], namespace)
  const account = withClaim(named, [ROOT, 'serviceaccount', 'name'], name)
  return withClaim(account, [ROOT, 'serviceaccount', 'uid'], ID)
}

function accountOf(example: JsonObject): readonly [string, string] {
  const [, , namespace = 'prod', name = 'deploy'] = textAt(example, 'sub').split(':')
  const ownNamespace = readPath(example, [ROOT, 'namespace'])
  const ownName = readPath(example, [ROOT, 'serviceaccount', 'name'])
  return [
    typeof ownNamespace === 'string' ? ownNamespace : namespace,
    typeof ownName === 'string' ? ownName : name,
  ]
}

const account = (
  name: string,
  who: string,
  change: (namespace: string, account: string) => readonly [string, string],
): Probe => ({
  name,
  hostility: 'stranger',
  who,
  change: (example) => asAccount(example, ...change(...accountOf(example))),
})

/** Kubernetes: the creator of a namespace chooses its name. */
export const KUBERNETES: ProbeFamily = {
  appliesTo: ({ subjectIs }) => subjectIs?.[0] === SERVICE_ACCOUNT,
  claims: (rule) => {
    const [subject] = conditionsOn(rule, ['sub'])
    const text = subject?.test.kind === 'any_of' ? String(subject.test.values[0]) : ''
    const [, , namespace = 'prod', name = 'deploy'] = text.split(':')
    const uid = 'bbbbbbbb-0000-4000-8000-000000000001'
    return {
      sub: `${SERVICE_ACCOUNT}${namespace}:${name}`,
      [ROOT]: { namespace, serviceaccount: { name, uid } },
    }
  },
  probes: [
    account(
      'kubernetes-other-namespace',
      'a service account with the same name in another namespace',
      (_, name) => ['evil', name],
    ),
    account(
      'kubernetes-longer-namespace',
      'a namespace whose name begins with the name in the rule',
      (namespace, name) => [`${namespace}-evil`, name],
    ),
    account(
      'kubernetes-default-account',
      'the default service account, which every pod of the namespace can use',
      (namespace) => [namespace, 'default'],
    ),
  ],
}

/** SPIFFE: the trust domain and the path. */
export const SPIFFE: ProbeFamily = {
  appliesTo: ({ hasSpiffeSubject }) => hasSpiffeSubject === true,
  claims: () => ({ sub: 'spiffe://acme.dev/ns/prod/sa/deploy' }),
  probes: [
    {
      name: 'spiffe-other-trust-domain',
      hostility: 'stranger',
      who: 'the same path in another trust domain',
      change: (example) => ({
        ...example,
        sub: textAt(example, 'sub').replace(/^spiffe:\/\/[^/]*/, 'spiffe://evil.example'),
      }),
    },
    {
      name: 'spiffe-sibling-path',
      hostility: 'namesake',
      who: 'a workload whose path begins with the path in the rule',
      change: (example) => ({ ...example, sub: `${textAt(example, 'sub')}-evil` }),
    },
    {
      name: 'spiffe-longer-path',
      hostility: 'namesake',
      who: 'a workload below the path in the rule',
      change: (example) => ({ ...example, sub: `${textAt(example, 'sub')}/evil` }),
    },
  ],
}
