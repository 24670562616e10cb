import { expect, test } from 'vitest'
import {
  HINTED_SOURCES,
  hintAudience,
  hintToken,
} from '../../../../src/cli/operate/doctor/platform-hints.ts'
import { listSources } from '../../../../src/client/index.ts'

test('has a hint for every source, and no other hints', async () => {
  const sources = (await listSources()).map(({ source }) => source)
  expect([...HINTED_SOURCES].toSorted()).toEqual(sources.toSorted())
})

test('returns how to get a token with the expected audience', () => {
  expect(hintToken('gitlab', 'https://sts.example.com')).toBe(
    'in the job: id_tokens: { EDGEMINT_SUBJECT_TOKEN: { aud: https://sts.example.com } }',
  )
})

test('returns a change of the trust document for a platform with a fixed audience', () => {
  expect(hintAudience('azure-devops', 'https://sts.example.com', ['api://fixed'])).toBe(
    'in the trust document, below the issuer: audience: api://fixed; then --audience api://fixed',
  )
})
