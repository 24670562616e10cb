/**
 * Writes docs/settings.md from the table of settings and its texts. A test compares the two. Run
 * this after a change to a setting: `node scripts/settings-docs.ts`.
 */
import { writeFileSync } from 'node:fs'
import { SETTING_PREFIXES } from '../src/contract/misspelt-setting.ts'
import { SETTING_TEXTS } from '../src/contract/setting-texts.ts'
import { SETTINGS, type SettingName } from '../src/contract/settings.ts'

export const SETTINGS_DOCS = new URL('../docs/settings.md', import.meta.url)

const names = Object.keys(SETTINGS) as SettingName[]

/** Returns the page that the table describes. */
export function renderSettingsDocs(): string {
  return [
    '# Settings',
    '',
    'The variables and secrets of a gateway. This page is generated from the table that the Worker, `edgemint serve`, `validate` and `lint` use to read variables.',
    '',
    'A deployment sets a variable under `[vars]` in `wrangler.toml`, as text between quotes. Secrets are set with `wrangler secret put`. `edgemint serve` reads its environment.',
    '',
    '| setting | meaning | default | values |',
    '|---|---|---|---|',
    ...names.map(renderSetting),
    '| `SIGNING_KEY_<NAME>` | a signing key: a private JWK, as a secret. `<NAME>` is capital letters, digits and underscores | required: at least one; `serve` makes its own | ES256, RS256, Ed25519, EdDSA, ES384, PS256 |',
    '',
    'The [bindings](architecture.md#stores) `RATE_LIMIT_ADDRESS` and `RATE_LIMIT_SUBJECT` turn [rate limits](limits.md#the-rate-limits-of-a-deployment) on. `DECISION_LOG` turns the [decision log](architecture.md#the-decision-log) on, and `DECISIONS_BUCKET` its exports.',
    '',
    '## Reasons for the defaults and ranges',
    '',
    '| setting | reason |',
    '|---|---|',
    ...names.map((name) => `| \`${name}\` | ${SETTING_TEXTS[name].reason} |`),
    '',
    '## Which commands read them',
    '',
    'A command reads these from its environment. An empty variable is unset there. Flags come first: `--issuer` before `ISSUER`.',
    '',
    '| command | settings |',
    '|---|---|',
    ...(['serve', 'validate', 'lint'] as const).map(renderCommand),
    '',
    '`serve` also reads every `SIGNING_KEY_<NAME>`.',
    '',
    '## Invalid settings',
    '',
    'No token is issued while a setting is invalid. The Worker returns 503 on every endpoint except `/health`, which names each variable and its fault. `serve`, `validate` and `lint` do not start and exit with code 2. A message never contains the value of a variable.',
    '',
    'A misspelt setting is invalid too. Otherwise the intended setting would keep its default, and for a ceiling the default is often the looser value. A variable whose name is not a setting is refused in two cases:',
    '',
    `- It begins with ${SETTING_PREFIXES.map((prefix) => `\`${prefix}\``).join(', ')}.`,
    '- It has at least ten letters and is at most two letters away from the name of a setting. Capitals do not count.',
    '',
    'The message names the setting that was probably intended. Every other variable is ignored. If a later release removes a setting, remove its variable before you deploy that release.',
    '',
  ].join('\n')
}

function renderSetting(name: SettingName): string {
  const { meaning, unset, values } = SETTING_TEXTS[name]
  const setting = SETTINGS[name]
  const fallback = 'fallback' in setting ? `\`${setting.fallback}\`` : unset
  return `| \`${name}\` | ${meaning} | ${fallback} | ${values ?? renderRange(setting)} |`
}

function renderRange(setting: (typeof SETTINGS)[SettingName]): string {
  if (setting.type === 'boolean') return '`true` or `false`'
  return setting.type === 'number' ? `${setting.least} to ${setting.most}` : ''
}

function renderCommand(command: 'serve' | 'validate' | 'lint'): string {
  const read = names.filter((name) => SETTING_TEXTS[name].commands.includes(command))
  return `| \`${command}\` | ${read.map((name) => `\`${name}\``).join(', ')} |`
}

if (process.argv[1] === import.meta.filename) writeFileSync(SETTINGS_DOCS, renderSettingsDocs())
