/** Issuer entries of Kubernetes clusters that would accept tokens meant for another service or cluster. */
import { describe, expect, it } from 'vitest'
import { compileStored } from '../../../../src/core/policy/compile/stored.ts'
import { CEILINGS } from '../../../support/core-world.ts'
import { problemsOf, type Row, withIssuer } from '../support/documents.ts'

const CLUSTER = 'https://oidc.east.example.com'
const GKE = 'https://container.googleapis.com/v1/projects/acme/locations/europe-west3/clusters/main'
const AUDIENCE = ['issuers', 'extra', 'audience']

const cluster = (audience: string, change: object = {}) =>
  withIssuer({ provider: 'kubernetes', issuer: CLUSTER, audience, ...change })

const rows: readonly Row[] = [
  ...[
    'https://kubernetes.default.svc',
    'https://kubernetes.default.svc.cluster.local',
    'https://kubernetes.default.svc.acme.internal',
    'https://kubernetes.default',
    'https://kubernetes.default.svc:443',
    'https://kubernetes.default.svc/',
    'k3s',
    'rke2',
  ].map(
    (audience): Row => [
      `K8-02 the audience ${audience} of the API server`,
      cluster(audience),
      'audience_reserved',
      AUDIENCE,
    ],
  ),
  [
    'K8-02 its own URL as the audience, which the API server accepts by default',
    cluster(CLUSTER),
    'audience_reserved',
    AUDIENCE,
  ],
  [
    'K8-02 its own URL as the audience, on GKE',
    cluster(GKE, { provider: 'gke', issuer: GKE }),
    'audience_reserved',
    AUDIENCE,
  ],
  [
    'K8-02 the audience of the API server, without the profile of a cluster',
    cluster('https://kubernetes.default.svc', { provider: 'generic-oidc' }),
    'audience_reserved',
    AUDIENCE,
  ],
  [
    'K8-06 the issuer URL of another cluster, with other keys',
    withIssuer({
      provider: 'kubernetes',
      issuer: 'https://oidc.cluster.example.com',
      keys: { jwks: { keys: [] } },
    }),
    'issuer_repeated',
    ['issuers', 'extra'],
  ],
  ...[
    'https://kubernetes.default.svc',
    'https://kubernetes.default.svc:443/',
    'https://kubernetes.default.svc:6443',
    'https://kubernetes.default',
  ].map(
    (issuer): Row => [
      `ISS-03 the issuer ${issuer} of every cluster, without keys`,
      withIssuer({ provider: 'kubernetes', issuer }),
      'issuer_invalid',
      ['issuers', 'extra', 'issuer'],
    ],
  ),
  [
    'ISS-03 a bundle endpoint in its cluster',
    withIssuer({
      provider: 'spiffe-jwt-svid',
      issuer: 'https://acme.example',
      trust_domain: 'acme.example',
      bundle_endpoint: 'https://spire.spire.svc',
    }),
    'issuer_invalid',
    ['issuers', 'extra', 'bundle_endpoint'],
  ],
  [
    'K8-01 the issuer of tokens that never expire',
    withIssuer({ provider: 'kubernetes', issuer: 'kubernetes/serviceaccount' }),
    'issuer_invalid',
    ['issuers', 'extra', 'issuer'],
  ],
]

describe('refuses a cluster with', () => {
  it.each(rows)('%s', (_, document, code, path) => {
    expect(problemsOf(document).map(({ code, path }) => ({ code, path }))).toEqual([{ code, path }])
  })
})

describe('accepts', () => {
  it.each([
    ['the URL of the gateway as audience', cluster('https://sts.example.com')],
    ['a name that only begins like the API server', cluster('https://kubernetes.defaults.example')],
    ['the URL of an issuer that is no cluster', cluster(CLUSTER, { provider: 'generic-oidc' })],
  ])('%s', (_, document) => expect(problemsOf(document)).toEqual([]))

  it('ISS-03 the issuer of every cluster with its keys', () => {
    const issuer = 'https://kubernetes.default.svc'
    const document = withIssuer({ provider: 'kubernetes', issuer, keys: { jwks: { keys: [] } } })
    expect(problemsOf(document)).toEqual([])
  })

  it('a stored document with the audience of the API server, as earlier releases did', () => {
    const { trust, problems } = compileStored(cluster('https://kubernetes.default.svc'), CEILINGS)
    expect(problems).toEqual([])
    expect(trust?.issuers.get(CLUSTER)?.audience).toBe('https://kubernetes.default.svc')
  })
})
