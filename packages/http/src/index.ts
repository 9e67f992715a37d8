export { circuitInterceptor, type Dispatch } from './undici/circuit-interceptor.js';
export { protectAxios, type AxiosLike } from './axios/protect-axios.js';
export { protectFetch, type AnyFetch, type ProtectedFetch } from './fetch/protect-fetch.js';
export { refusalResponse, retryAfterHeader } from './refusal-response.js';
export type { FetchOptions, HttpOptions, HttpOutcome, HttpResponse } from './options.js';
export type { HttpTarget } from './http-target.js';
