export { PrivacyResolver } from './privacy.resolver.ts';
