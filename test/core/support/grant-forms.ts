/** The forms of the three grant types for one token. */
import { exchangeForm } from '../../support/vectors.ts'

export const API = 'https://api.example.com'
export const OTHER = 'https://other.example.com'
export const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type'

export function bearerForm(assertion: string, resource = API) {
  return { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion, resource }
}

export function credentialsForm(client_assertion: string, type = 'jwt-bearer') {
  return {
    grant_type: 'client_credentials',
    client_assertion,
    client_assertion_type: `${ASSERTION_TYPE}:${type}`,
    resource: API,
  }
}

export const FORMS = {
  'token exchange': (token: string) => exchangeForm(token),
  'jwt-bearer': (token: string) => bearerForm(token),
  client_credentials: (token: string) => credentialsForm(token),
} as const
