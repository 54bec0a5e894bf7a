export { ContactMergeResolver, MergedContactResolver } from './contact-merge.resolver.ts';
