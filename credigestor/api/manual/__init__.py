"""The API's readable page: the OpenAPI document as HTML in Portuguese, and who may read both."""
