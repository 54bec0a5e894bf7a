export { ContactMerge } from './contact-merge.entity.ts';
