export { ContactMergeResolver } from './contact-merge.resolver.ts';
