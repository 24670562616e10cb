import { expect, test } from 'vitest'
import {
  HINTED_SOURCES,
  hintAudience,
  hintToken,
} from '../../../../src/cli/operate/doctor/platform-hints.ts'
import { listSources } from '../../../../src/client/index.ts'

test('there is a hint for every source, and for no other', async () => {
  const sources = (await listSources()).map(({ source }) => source)
  expect([...HINTED_SOURCES].toSorted()).toEqual(sources.toSorted())
})

test('says how to get a token with our audience', () => {
  expect(hintToken('gitlab', 'https://sts.example.com')).toBe(
    'in the job: id_tokens: { EDGEMINT_SUBJECT_TOKEN: { aud: https://sts.example.com } }',
  )
})

test('a platform that fixes its audience is met in the trust document', () => {
  expect(hintAudience('azure-devops', 'https://sts.example.com', ['api://fixed'])).toBe(
    'in the trust document, below the issuer: audience: api://fixed; then --audience api://fixed',
  )
})
