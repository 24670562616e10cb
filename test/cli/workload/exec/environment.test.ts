import { expect, test } from 'vitest'
import { choosePlaces, makeEnvironment } from '../../../../src/cli/workload/exec/environment.ts'

const token = { accessToken: 'a.b.c', expiresAt: 1_800_000_000 }

test.each([
  [undefined, undefined, { variable: 'EDGEMINT_TOKEN', file: undefined }],
  ['API_TOKEN', undefined, { variable: 'API_TOKEN', file: undefined }],
  [undefined, 'token.jwt', { variable: undefined, file: 'token.jwt' }],
  ['API_TOKEN', 'token.jwt', { variable: 'API_TOKEN', file: 'token.jwt' }],
])('--env %s and --file %s decide where the token is put', (variable, file, places) => {
  expect(choosePlaces(variable, file)).toEqual(places)
})

test('sets variables for the token and its expiry', () => {
  const places = { variable: 'API_TOKEN', file: undefined }
  expect(makeEnvironment({ HOME: '/h' }, places, token)).toEqual({
    HOME: '/h',
    API_TOKEN: 'a.b.c',
    API_TOKEN_EXPIRES_AT: '1800000000',
  })
})

test('sets no variable for a token that is only in a file', () => {
  const places = { variable: undefined, file: '/run/token' }
  expect(makeEnvironment({}, places, token)).toEqual({ EDGEMINT_TOKEN_FILE: '/run/token' })
})

test("keeps the platform's variables and removes EDGEMINT_SUBJECT_TOKEN", () => {
  const environment = {
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'x',
    EDGEMINT_URL: 'https://sts.example.com',
    EDGEMINT_SUBJECT_TOKEN: 'secret',
  }
  const made = makeEnvironment(environment, choosePlaces(undefined, '/run/token'), token)
  expect(Object.keys(made).toSorted()).toEqual([
    'ACTIONS_ID_TOKEN_REQUEST_TOKEN',
    'EDGEMINT_TOKEN_FILE',
    'EDGEMINT_URL',
  ])
})
