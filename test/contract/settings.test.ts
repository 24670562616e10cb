import { describe, expect, it } from 'vitest'
import { SETTING_PREFIXES } from '../../src/contract/misspelt-setting.ts'
import { parseSettings, SETTINGS, type SettingName } from '../../src/contract/settings.ts'

const ISSUER = 'https://sts.example.com'
const read = (variables: Readonly<Record<string, unknown>>) =>
  parseSettings({ ISSUER, ...variables })

/** Returns each fault as the variable and its message. */
function faultOf(variables: Readonly<Record<string, unknown>>): readonly (readonly string[])[] {
  const parsed = read(variables)
  return parsed.ok ? [] : parsed.error.map(({ variable, message }) => [variable, message])
}

describe('settings', () => {
  it('have defaults for everything but the issuer', () => {
    expect(read({})).toEqual({
      ok: true,
      value: {
        ISSUER,
        ADMIN_LOGIN: undefined,
        ALLOWED_HOSTS: undefined,
        ALERT_DORMANT_DAYS: 35,
        ALERT_WEBHOOK_URL: undefined,
        BOOTSTRAP_TRUST: undefined,
        CERTIFICATE_BOUND_TOKENS: false,
        DECISION_CHECKPOINT_URL: undefined,
        DECISION_CLAIMS: 'recorded',
        DECISION_MAX_RECORDS: 5_000_000,
        DECISION_RETENTION_DAYS: 90,
        DECISION_SHARDS: 8,
        DPOP_NONCE: 'optional',
        MAX_TOKEN_LIFETIME_SECONDS: 3600,
        REPLAY_NOT_BEFORE: undefined,
        SPIFFE_TRUST_DOMAIN: undefined,
        MAX_RULE_EXPIRY_DAYS: undefined,
        TRUST_MAX_RULES: 20_000,
        TRUST_MAX_STALE_SECONDS: 900,
        ISSUER_KEYS_MAX_STALE_SECONDS: 3600,
        RATE_LIMIT_ADDRESS_POLICY: undefined,
        RATE_LIMIT_SUBJECT_POLICY: undefined,
        LOCAL_ISSUERS: false,
        LOCAL_GATEWAY: false,
      },
    })
    expect(faultOf({ ISSUER: undefined })).toEqual([
      ['ISSUER', 'is missing: set it to the public https URL of this gateway'],
    ])
  })

  it('are parsed by their types', () => {
    const parsed = read({
      ALLOWED_HOSTS: ' a.example.com, b.example.com:8443 ',
      BOOTSTRAP_TRUST: ' ',
      MAX_RULE_EXPIRY_DAYS: '90',
      RATE_LIMIT_ADDRESS_POLICY: '12000/60',
      LOCAL_ISSUERS: 'true',
    })
    expect(parsed).toMatchObject({
      value: {
        ALLOWED_HOSTS: ' a.example.com, b.example.com:8443 ',
        MAX_RULE_EXPIRY_DAYS: 90,
        RATE_LIMIT_ADDRESS_POLICY: '12000/60',
        LOCAL_ISSUERS: true,
      },
    })
    expect(parsed).not.toHaveProperty('value.BOOTSTRAP_TRUST', ' ')
  })

  const numbers = Object.entries(SETTINGS).flatMap(([name, setting]) =>
    setting.type === 'number' ? [[name, setting.least, setting.most] as const] : [],
  )
  it.each(numbers)('%s is a whole number from %i to %i', (name, least, most) => {
    for (const good of [least, most]) expect(faultOf({ [name]: String(good) })).toEqual([])
    const message = `must be a whole number from ${least} to ${most}`
    for (const bad of [
      String(least - 1),
      String(most + 1),
      '1.5',
      '1e3',
      '-1',
      ' 60',
      '0x40',
      '',
    ]) {
      expect(faultOf({ [name]: bad }), bad).toEqual([[name, message]])
    }
  })

  it.each([
    [
      'ALLOWED_HOSTS',
      'https://a',
      'must be hosts with an optional port, separated by spaces or commas',
    ],
    [
      'RATE_LIMIT_ADDRESS_POLICY',
      '5/30',
      'must be requests and seconds of its binding, such as 3000/60',
    ],
    ['REPLAY_NOT_BEFORE', '2027-01-31', 'must be a UTC time such as 2027-01-31T00:00:00Z'],
    [
      'REPLAY_NOT_BEFORE',
      '2027-02-31T00:00:00Z',
      'must be a UTC time such as 2027-01-31T00:00:00Z',
    ],
    ['LOCAL_ISSUERS', 'yes', 'must be true or false'],
    ['LOCAL_GATEWAY', '', 'must be true or false'],
    ['MAX_TOKEN_LIFETIME_SECONDS', 600, 'must be text: put its value between quotes'],
    ['ISSUER', { url: ISSUER }, 'must be text: put its value between quotes'],
  ])('%s is refused as %j', (name, value, message) => {
    expect(faultOf({ [name]: value })).toEqual([[name, message]])
  })

  it('report all faults at once', () => {
    const faults = faultOf({ TRUST_MAX_RULES: '0', LOCAL_ISSUERS: 'no', TRUST_MAX_STAL: '9' })
    expect(faults.map(([name]) => name)).toEqual([
      'TRUST_MAX_RULES',
      'LOCAL_ISSUERS',
      'TRUST_MAX_STAL',
    ])
  })
})

describe('a variable that resembles a setting', () => {
  it.each([
    ['TRUST_MAX_STALE', 'TRUST_MAX_STALE_SECONDS'],
    ['TRUST_MAX_STAL', 'TRUST_MAX_STALE_SECONDS'],
    ['TRUST_MAX_STALE_SECOND', 'TRUST_MAX_STALE_SECONDS'],
    ['TRUST_MX_STALE_SECONDS', 'TRUST_MAX_STALE_SECONDS'],
    ['trust_max_stale_seconds', 'TRUST_MAX_STALE_SECONDS'],
    ['MAX_TOKEN_LIFETIME', 'MAX_TOKEN_LIFETIME_SECONDS'],
    ['MAX_TOKEN_LIFTIME_SECONDS', 'MAX_TOKEN_LIFETIME_SECONDS'],
    ['BOOTSTRAP_TRSUT', 'BOOTSTRAP_TRUST'],
    ['ALLOWED_HOST', 'ALLOWED_HOSTS'],
    ['RATE_LIMIT_ADDRESS_POLICYS', 'RATE_LIMIT_ADDRESS_POLICY'],
  ])('%s is refused, and the nearest name is %s', (name, nearest) => {
    expect(faultOf({ [name]: '60' })).toEqual([
      [name, `is not a setting: write ${nearest}, or remove it`],
    ])
  })

  it.each(['SIGNING_KEY', 'SIGNING_KEYS_A', 'SIGNING_KEY_a', 'SIGNING_KEY_A-B'])(
    '%s is refused, because it would sign nothing',
    (name) => {
      expect(faultOf({ [name]: '{}' })).toEqual([
        [
          name,
          'is not a setting: a signing key is SIGNING_KEY_ and capital letters, digits or underscores',
        ],
      ])
    },
  )

  it.each([
    'SIGNING_KEY_2026',
    'RATE_LIMIT_ADDRESS',
    'RATE_LIMIT_SUBJECT',
    'TRUST_STORE',
    'REPLAY_LEDGER',
    'REVOCATION_LOG',
    'DECISION_LOG',
    'DECISIONS_BUCKET',
    'REVOCATIONS',
    'USER',
    'ISSUER_URL',
    'TRUST_ANCHOR',
    'RATE_LIMIT_LOGIN',
    'LOCAL_PATH',
    'MAX_RETRIES',
    'PATH',
    '__proto__',
    'constructor',
  ])('%s is ignored', (name) => {
    expect(faultOf({ [name]: 'x' })).toEqual([])
  })

  it.each([
    ['DECISION_CLAIMS', 'recorded'],
    ['DECISION_CLAIMS', 'none'],
    ['DECISION_CLAIMS', 'all'],
    ['DECISION_CHECKPOINT_URL', 'https://keep.example.com/checkpoints?of=sts'],
    ['DECISION_CHECKPOINT_URL', 'http://127.0.0.1:9000/'],
    ['ALERT_WEBHOOK_URL', 'https://hooks.example.com/T0/secret'],
    ['ALERT_WEBHOOK_URL', 'http://127.0.0.1:9000/'],
  ])('%s may be %s', (name, value) => {
    expect(faultOf({ [name]: value })).toEqual([])
  })

  const urlFault = 'must be an https URL without user and fragment'
  it.each([
    ['DECISION_CLAIMS', 'some', 'must be one of recorded, none, all'],
    ['DECISION_CLAIMS', 'ALL', 'must be one of recorded, none, all'],
    ['DECISION_CHECKPOINT_URL', 'http://keep.example.com/', urlFault],
    ['DECISION_CHECKPOINT_URL', 'https://user:word@keep.example.com/', urlFault],
    ['DECISION_CHECKPOINT_URL', 'https://keep.example.com/#part', urlFault],
    ['DECISION_CHECKPOINT_URL', 'keep.example.com', urlFault],
    ['ALERT_WEBHOOK_URL', 'http://hooks.example.com/', urlFault],
    ['ALERT_WEBHOOK_URL', 'https://user:word@hooks.example.com/', urlFault],
    ['ALERT_WEBHOOK_URL', 'https://hooks.example.com/#part', urlFault],
    ['DECISION_SHARDS', '65', 'must be a whole number from 1 to 64'],
    ['DECISION_SHARDS', '0', 'must be a whole number from 1 to 64'],
  ])('%s may not be %s', (name, value, fault) => {
    expect(faultOf({ [name]: value })).toEqual([[name, fault]])
  })

  it('has a prefix of a setting, and each setting except the issuer has one', () => {
    const names = (Object.keys(SETTINGS) as SettingName[]).filter((name) => name !== 'ISSUER')
    const without = names.filter(
      (name) => !SETTING_PREFIXES.some((start) => name.startsWith(start)),
    )
    expect(without).toEqual([])
  })
})
