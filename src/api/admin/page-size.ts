/** The number of items per page of the lists for administrators, if the query has no `limit`. */
export const PAGE_SIZE_DEFAULT = 20;
