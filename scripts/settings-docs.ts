/**
 * Writes docs/settings.md from the table of settings and its texts. A test compares the two; run
 * this after a change: `node scripts/settings-docs.ts`.
 */
import { writeFileSync } from 'node:fs'
import { SETTING_PREFIXES } from '../src/contract/misspelt-setting.ts'
import { SETTING_TEXTS } from '../src/contract/setting-texts.ts'
import { SETTINGS, type SettingName } from '../src/contract/settings.ts'

export const SETTINGS_DOCS = new URL('../docs/settings.md', import.meta.url)

const names = Object.keys(SETTINGS) as SettingName[]

/** The page, as it should be. */
export function renderSettingsDocs(): string {
  return [
    '# Settings',
    '',
    'The variables and secrets of a gateway. This page is written from the table that the Worker, `edgemint serve`, `validate` and `lint` read their variables with.',
    '',
    'A deployment sets a variable under `[vars]` in `wrangler.toml`, as text between quotes. Secrets are set with `wrangler secret put`. `edgemint serve` reads its environment.',
    '',
    '| setting | meaning | default | values |',
    '|---|---|---|---|',
    ...names.map(renderSetting),
    '| `SIGNING_KEY_<NAME>` | a signing key: a private JWK, as a secret. `<NAME>` is capital letters, digits and underscores | required: at least one; `serve` makes its own | ES256, RS256, Ed25519, EdDSA, ES384, PS256 |',
    '',
    'The [bindings](architecture.md#stores) `RATE_LIMIT_ADDRESS` and `RATE_LIMIT_SUBJECT` turn [rate limits](limits.md#the-rate-limits-of-a-deployment) on.',
    '',
    '## Why these numbers',
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
    '## A setting that is wrong',
    '',
    'Nothing is issued with a setting that is wrong. The Worker answers 503 everywhere but at `/health`, which names each variable and what is wrong with it. `serve`, `validate` and `lint` stop before they start, with exit code 2. A message never repeats the value of a variable.',
    '',
    'A misspelt setting is wrong too. The setting that was meant would have its default, and for a ceiling the default is often the looser value. So a variable is refused when its name is not a setting and either is true:',
    '',
    `- It begins with ${SETTING_PREFIXES.map((prefix) => `\`${prefix}\``).join(', ')}.`,
    '- It has at least ten letters and is at most two letters away from the name of a setting. Capitals do not count.',
    '',
    'The message names the setting that was probably meant. Every other variable belongs to something else and is left alone. A setting that a later release does not have any more must be removed before that release is deployed.',
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
