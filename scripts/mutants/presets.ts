/** Mutants of the presets: what the consumers of issued tokens accept. */
import { type Mutant, mutant } from './mutant.ts'

const TESTS = 'test/core/policy/consumer test/core/policy/presets'
const apply = mutant('src/core/policy/consumer/apply-preset.ts', 'core', TESTS)
const subject = mutant('src/core/policy/consumer/subject.ts', 'core', TESTS)
const tags = mutant('src/core/policy/consumer/session-tags.ts', 'core', TESTS)
const grants = mutant('src/core/policy/consumer/check-grant.ts', 'core', TESTS)
const render = mutant('src/core/policy/decide/render-grant.ts', 'core', TESTS)
const resource = mutant('src/core/policy/compile/resource.ts', 'core', TESTS)
const mint = mutant('src/core/tokens/issue.ts', 'core', 'test/core/tokens/issue')
const ring = mutant('src/core/tokens/keyring.ts', 'core', `${TESTS} test/core/tokens/keyring`)
const template = mutant(
  'src/core/policy/language/template.ts',
  'core',
  'test/core/policy/language/decision-id',
)

export const PRESET_MUTANTS: readonly Mutant[] = [
  apply('FD-02 the algorithm of a resource', '!algorithms.includes(source.algorithm)', 'false'),
  apply('OUT-01 the typ of a resource', '!typs.includes(source.typ)', 'false'),
  apply('FD-05 the length of an audience', '> maxCharacters) {', '> 1e9) {'),
  apply('FD-05 the length of a subject', 'Math.min(maxBytes, MAX_RENDERED_BYTES)', 'undefined'),
  subject('MAP-06 the start of a subject', '!template.startsWith(prefix)', 'false'),
  subject('MAP-06 a reserved start', 'template.startsWith(reservedPrefix)', 'false'),
  subject('MAP-06 a rendered reserved start', 'subject.startsWith(reservedPrefix)', 'false'),
  subject('MAP-06 a short template', 'countCharacters(template) < minCharacters', 'false'),
  subject('MAP-06 a short subject', 'if (length < minCharacters)', 'if (length < 0)'),
  tags('MAP-06 the number of tags', 'tags.length > limits.maxTags', 'false'),
  tags('MAP-06 other members of tags', '!MEMBERS.includes(member)', 'false'),
  tags('MAP-06 tags that differ in case', 'seen.has(folded)', 'seen.has(key)'),
  tags('MAP-06 transitive keys', 'Object.hasOwn(tags, key)', 'key in tags'),
  tags('MAP-06 the length of a key', 'countCharacters(key) > maxKeyCharacters', 'false'),
  tags('MAP-06 reserved keys', 'key.toLowerCase().startsWith(', 'key.startsWith('),
  tags('MAP-06 characters of keys', 'alphabet.test(key) ?', 'true ?'),
  tags('MAP-06 several values of a tag', '&& value.length === 1', ''),
  tags('MAP-06 characters of values', '(text) => limits.alphabet.test(text)', '() => true'),
  tags(
    'MAP-06 characters of rendered values',
    'if (limits.alphabet.test(text)) continue',
    'continue',
  ),
  grants('MAP-06 a contradicted subject', 'if (conflict !== undefined)', 'if (conflict === null)'),
  render(
    'MAP-06 rendered results',
    'preset && findRenderedFault(',
    'undefined && findRenderedFault(',
  ),
  resource(
    'IT-07 the usual audience',
    'source.audience ?? defaults.audience ?? uri',
    'source.audience ?? uri',
  ),
  mint('FD-07 the keys of a preset', 'algorithm ?? preset?.algorithms', 'algorithm'),
  ring('FD-02 the accepted algorithms', 'accepted.includes(name) && ', ''),
  template(
    'MAP-05 the decision id in a subject',
    "if (target !== 'claim') return",
    'if (false) return',
  ),
  apply(
    'FD-05 the length of a URI that is the audience',
    'source.audience ?? usual ?? uri',
    "source.audience ?? usual ?? ''",
  ),
  apply(
    'FD-05 a URI that is not the audience',
    'source.audience ?? usual ?? uri',
    'source.audience ?? uri',
  ),
  apply(
    'FD-05 the place of an audience that is too long',
    "source.audience === undefined ? 'for' : 'audience'",
    "'audience'",
  ),
]
