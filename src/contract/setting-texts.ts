/**
 * What each setting is for, and why it has its default and its range: for docs/settings.md and the
 * help of `serve`. Apart from the table, so that no text is in the bundle of the Worker.
 */
import type { SettingName } from './settings.ts'

export type SettingText = {
  readonly meaning: string
  /** Why the default and the range are these. */
  readonly reason: string
  /** What holds while it is not set, where the table has no default. */
  readonly unset?: string
  /** Which values there are, where the table has no range. */
  readonly values?: string
  /** The commands that read it from their environment. */
  readonly commands: readonly ('serve' | 'validate' | 'lint')[]
}

const CEILING = ['serve', 'validate', 'lint'] as const

export const SETTING_TEXTS: Readonly<Record<SettingName, SettingText>> = {
  ISSUER: {
    meaning: 'the public URL of the gateway',
    reason: 'tokens name it, and verifiers compare it character by character',
    unset: 'required',
    values: '`https`; `http` on a loopback address',
    commands: ['serve'],
  },
  ALLOWED_HOSTS: {
    meaning:
      'hosts that requests may name beside that of `ISSUER`, such as a second custom domain; separated by spaces or commas',
    reason: 'a page that points its own DNS name at the gateway must not reach it',
    unset: 'the host of `ISSUER` and loopback names',
    values: '`name` or `name:port`',
    commands: ['serve'],
  },
  BOOTSTRAP_TRUST: {
    meaning: 'who may administer the gateway, as JSON',
    reason:
      'the trust document cannot give this right, so no document can lock an administrator out',
    unset: 'the admin API is off',
    values: 'a [policy](trust-document.md#deploy-time-policy)',
    commands: ['serve'],
  },
  ADMIN_LOGIN: {
    meaning:
      'the provider by which [people log in](login.md), as JSON: `{"issuer":"https://idp.example.com","client_id":"edgemint","scopes":["openid"]}`; `scopes` is optional',
    reason:
      'a person needs no job to administer the gateway. `BOOTSTRAP_TRUST` must trust the issuer with `client_id` as its audience: it decides what each person may do',
    unset: 'people cannot log in',
    values: 'a public client: there is no secret',
    commands: ['serve'],
  },
  MAX_TOKEN_LIFETIME_SECONDS: {
    meaning: 'the longest life of an issued token',
    reason:
      'an hour is enough for the longest step of a pipeline; a day is the most a deployment may allow',
    commands: CEILING,
  },
  KEY_RETIREMENTS: {
    meaning:
      'when signing keys stop signing, as pairs `KID=2027-01-31T00:00:00Z` separated by spaces; [`edgemint keys`](keys.md) writes it',
    reason: 'a platform does not return a stored secret, so its dates cannot be changed in place',
    unset: 'each key signs until the `retires_at` of its secret',
    values: 'the key id of each key, and a UTC time',
    commands: ['serve'],
  },
  REPLAY_NOT_BEFORE: {
    meaning:
      'subject tokens that were issued before this UTC time are refused by rules with `replay: once`, as if they were used; set it after a [restore or a move](backup.md#used-tokens-after-a-restore)',
    reason:
      'a restored or new gateway does not know which of these tokens were used after the backup; two days later none of them is valid, and the setting can be removed',
    unset: 'the replay marks alone decide',
    values: 'a UTC time such as `2027-01-31T00:00:00Z`',
    commands: ['serve'],
  },
  SPIFFE_TRUST_DOMAIN: {
    meaning: 'the SPIFFE trust domain of the gateway, such as `acme.dev`',
    reason:
      'the keys of the gateway speak for the whole trust domain, so a trust document cannot choose it',
    unset: 'the gateway issues no JWT-SVIDs and has no bundle',
    values: 'a name in lower case, of at most 255 characters',
    commands: CEILING,
  },
  MAX_RULE_EXPIRY_DAYS: {
    meaning: 'how far ahead a rule may end',
    reason: 'a deployment that wants every rule to end sets it',
    unset: 'no ceiling',
    commands: CEILING,
  },
  TRUST_MAX_RULES: {
    meaning: 'how many rules a trust document may have',
    reason: 'a document of the default size is compiled in well under a second',
    commands: CEILING,
  },
  TRUST_MAX_STALE_SECONDS: {
    meaning: 'how long a trust snapshot serves while the trust store is down',
    reason: 'an outage is shorter; what was taken out of the document must end some time',
    commands: ['serve'],
  },
  ISSUER_KEYS_MAX_STALE_SECONDS: {
    meaning: 'how long the keys of an issuer serve while they cannot be refreshed',
    reason: 'a withdrawn key is accepted no longer than this while its issuer is down',
    commands: ['serve'],
  },
  RATE_LIMIT_ADDRESS_POLICY: {
    meaning:
      'what the binding `RATE_LIMIT_ADDRESS` is set to: told to callers in `RateLimit-Policy` beside a 429. `serve --production` sets its limit to it',
    reason: 'the platform does not tell a Worker what its binding is set to',
    unset: 'not told; `serve --production` limits to `12000/60`',
    values: 'requests, `/`, and 10 or 60 seconds: `12000/60`',
    commands: [],
  },
  RATE_LIMIT_SUBJECT_POLICY: {
    meaning: 'what the binding `RATE_LIMIT_SUBJECT` is set to, as above',
    reason: 'as above',
    unset: 'not told; `serve --production` limits to `3000/60`',
    values: 'requests, `/`, and 10 or 60 seconds: `3000/60`',
    commands: [],
  },
  DECISION_SHARDS: {
    meaning: 'how many Durable Objects share the decision log',
    reason:
      'one shard appends several hundred batches a second; after the number was lowered, the decisions of the shards beyond it are still found',
    commands: ['serve'],
  },
  DECISION_CLAIMS: {
    meaning: 'which claims of a verified subject token a decision record keeps',
    reason:
      '`recorded`: ids, refs, environments, events and workflows, as the provider profile marks them; `all` includes names and addresses of people',
    values: '`recorded`, `none`, `all`',
    commands: ['serve'],
  },
  DECISION_RETENTION_DAYS: {
    meaning: 'how long the decision log keeps records',
    reason: 'a report about a quarter is complete',
    commands: ['serve'],
  },
  DECISION_MAX_RECORDS: {
    meaning: 'how many records one shard of the decision log keeps',
    reason: 'a Durable Object holds 10 GB; a million records take about 150 MB',
    commands: ['serve'],
  },
  DECISION_CHECKPOINT_URL: {
    meaning: 'where each shard posts its signed checkpoints, as `application/jwt`',
    reason: 'a checkpoint that is kept elsewhere proves any later change of the decision log',
    unset: 'checkpoints are only in exports',
    values: '`https`; `http` on a loopback address',
    commands: ['serve'],
  },
  ALERT_WEBHOOK_URL: {
    meaning:
      'where the gateway posts its [alerts](alerts.md), each as a signed security event token',
    reason: 'a person should learn of a stolen token while its job still runs',
    unset: 'alerts are only in the log',
    values: '`https`; `http` on a loopback address',
    commands: ['serve'],
  },
  ALERT_DORMANT_DAYS: {
    meaning: 'after how many days without use a rule is dormant, so that its next use is an alert',
    reason: 'a monthly job is no alert',
    commands: ['serve'],
  },
  DPOP_NONCE: {
    meaning:
      'whether a DPoP proof must have a nonce of this gateway: `required` or `optional`. A nonce that is sent is always checked',
    reason:
      'a nonce stops proofs that were made in advance, and costs each client one more request every few minutes. Clients that do not know nonces keep working by default',
    commands: ['serve'],
  },
  CERTIFICATE_BOUND_TOKENS: {
    meaning:
      'whether tokens of resources that require a proof of possession may be bound to the client certificate of the connection instead of a DPoP key (RFC 8705); `serve --production` sets it, by `--tls-client-ca`',
    reason:
      'only a zone with mutual TLS has client certificates, and the metadata must not promise what the deployment does not do',
    commands: [],
  },
  LOCAL_ISSUERS: {
    meaning:
      'accept `http://` issuers on loopback addresses; `serve` sets it, by `--local-issuers`',
    reason: 'any user of the machine can run such an issuer',
    commands: [],
  },
  LOCAL_GATEWAY: {
    meaning:
      'no edge of Cloudflare is in front: conditions see no `request.*`, and a limit by address counts all callers as one; with `serve --production`, conditions see `request.ip` and `request.tls`, and the limit counts each address; `serve` always sets it',
    reason: 'on one machine a caller writes the headers that name its connection',
    commands: [],
  },
}
