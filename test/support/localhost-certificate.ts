/** For TLS servers of tests: made by openssl for localhost and 127.0.0.1, signed by itself, of use nowhere else. */
export const localhostKey = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgAEhx69rQc451XzUq
L68x0FnpdZmQvTCFsD0tXnzWVUShRANCAATG3ibdVRgmz9vhmVBdo/0w4nn0oKW7
dfoBUbcTIrvnvUK6WKs7A+fvTptCsAzcO30MZ8J6S6Ya48oYBs0Y6Ux9
-----END PRIVATE KEY-----
`;

export const localhostCertificate = `-----BEGIN CERTIFICATE-----
MIIBmzCCAUGgAwIBAgIUd8Zm6AN8t6oW+Dcns/aQtfUlimEwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyNzA0MzY0NFoYDzIxMjYxMTAz
MDQzNjQ0WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAATG3ibdVRgmz9vhmVBdo/0w4nn0oKW7dfoBUbcTIrvnvUK6WKs7A+fv
TptCsAzcO30MZ8J6S6Ya48oYBs0Y6Ux9o28wbTAdBgNVHQ4EFgQURdKmkyyf+kem
RRg16CEfWeziM3YwHwYDVR0jBBgwFoAURdKmkyyf+kemRRg16CEfWeziM3YwDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDSAAwRQIhAOagqzFo9F5q0hj6sD+r8W+jVbYxb4VUpEKnyMalRnZsAiBx
Bu2F3ODsRDsFrtcpveSMw5eoxPwc/Niq5X1SOYMkbw==
-----END CERTIFICATE-----
`;
