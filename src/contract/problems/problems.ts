/**
 * Every type of problem details (RFC 9457) that a gateway answers with. A type and its title never
 * change. `problem-texts.ts` explains each for docs/problems.md.
 */

const problem = <Name extends string>(name: Name, status: number, title: string) =>
  ({ type: `urn:edgemint:problem:${name}`, status, title }) as const

export const PROBLEMS = {
  hostInvalid: problem('host-invalid', 400, 'Invalid host'),
  hostUnknown: problem('host-unknown', 421, 'Unknown host'),
  pageForeign: problem('page-foreign', 403, 'Page of another origin'),
  adminOff: problem('admin-off', 403, 'Admin API off'),
  loginOff: problem('login-off', 404, 'Login off'),
  tokenMissing: problem('token-missing', 401, 'Token missing'),
  sessionMissing: problem('session-missing', 401, 'Not signed in'),
  tokenInvalid: problem('token-invalid', 401, 'Token not accepted'),
  scopeMissing: problem('scope-missing', 403, 'Scope missing'),
  pathUnknown: problem('path-unknown', 404, 'Unknown path'),
  methodUnsupported: problem('method-unsupported', 405, 'Unsupported method'),
  parameterInvalid: problem('parameter-invalid', 400, 'Invalid parameter'),
  headerInvalid: problem('header-invalid', 400, 'Invalid header'),
  bodyInvalid: problem('body-invalid', 400, 'Invalid body'),
  bodyTooLarge: problem('body-too-large', 413, 'Body too large'),
  mediaTypeUnsupported: problem('media-type-unsupported', 415, 'Unsupported media type'),
  revisionMissing: problem('revision-missing', 428, 'Revision missing'),
  revisionChanged: problem('revision-changed', 412, 'Revision changed'),
  revisionUnknown: problem('revision-unknown', 404, 'Unknown revision'),
  importRefused: problem('import-refused', 409, 'Import refused'),
  documentRefused: problem('document-refused', 400, 'Trust document refused'),
  tokenNotRevocable: problem('token-not-revocable', 400, 'Nothing to revoke'),
  reasonMissing: problem('revocation-reason-missing', 400, 'Reason missing'),
  targetUnknown: problem('revocation-target-unknown', 404, 'Unknown target'),
  confirmationMissing: problem('revocation-confirmation-missing', 400, 'Confirmation missing'),
  momentInFuture: problem('revocation-moment-in-future', 400, 'Moment in the future'),
  decisionWithoutToken: problem('decision-without-token', 400, 'No token issued'),
  stopUnknown: problem('revocation-stop-unknown', 404, 'Issuing not stopped'),
  filterInvalid: problem('decision-filter-invalid', 400, 'Invalid filter'),
  periodTooLong: problem('decision-period-too-long', 400, 'Period too long'),
  cursorInvalid: problem('decision-cursor-invalid', 400, 'Invalid cursor'),
  idInvalid: problem('decision-id-invalid', 400, 'Invalid decision id'),
  exportInvalid: problem('decision-export-invalid', 400, 'Invalid export'),
  notFound: problem('decision-not-found', 404, 'Unknown decision'),
  exportPurged: problem('decision-export-purged', 410, 'Export interrupted'),
  assetsMissing: problem('assets-missing', 503, 'Static assets missing'),
  logOff: problem('decision-log-off', 501, 'Decision log off'),
  unavailable: problem('unavailable', 503, 'Temporarily unavailable'),
  internalError: problem('internal-error', 500, 'Internal error'),
} as const

export type ProblemName = keyof typeof PROBLEMS
