/** The grant types of the provider of people. */

/** RFC 8628 §3.4. */
export const GRANT_TYPE_DEVICE_CODE = 'urn:ietf:params:oauth:grant-type:device_code'

export const PEOPLE_GRANT_TYPES = [
  'authorization_code',
  'refresh_token',
  GRANT_TYPE_DEVICE_CODE,
] as const
