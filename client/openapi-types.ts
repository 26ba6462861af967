// Made by `npm run generate:client` from the management API’s OpenAPI document. Change that, not this.
// From the document whose SHA-256 is 54f25f279f21932cd78e6f4dca8a7bee74e09b4a1edf8cf3dc8f4826d5934bca

export interface paths {
    "/v1/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read who you are and what you may do
         * @description For whoever signs in.
         */
        get: operations["getMe"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List where you are signed in, newest first
         * @description For whoever signs in.
         */
        get: operations["listMySessions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/sessions/{sessionId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * End a session of yours: who has its cookie is let in no more
         * @description For whoever signs in, signed in with a second factor.
         */
        delete: operations["endMySession"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/notifications": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read what you are told by mail
         * @description For whoever signs in.
         */
        get: operations["getNotifications"];
        /**
         * Choose what you are told by mail; where mails to you had stopped, they begin again
         * @description For whoever signs in, signed in with a second factor.
         */
        put: operations["putNotifications"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/memberships/{tenantId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Leave a tenant that you are a member of; the last admin cannot
         * @description For the roles admin, developer, auditor, signed in with a second factor.
         */
        delete: operations["leaveTenant"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{tenantId}/members": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List a tenant’s members, by e-mail address
         * @description For the roles admin, developer, auditor.
         */
        get: operations["listMembers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{tenantId}/members/{sub}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Remove a member; what the person could do by that is over with the next request
         * @description For the roles admin, signed in with a second factor.
         */
        delete: operations["removeMember"];
        options?: never;
        head?: never;
        /**
         * Change a member’s role; the next request goes by it
         * @description For the roles admin, signed in with a second factor.
         */
        patch: operations["updateMember"];
        trace?: never;
    };
    "/v1/tenants/{tenantId}/members/{sub}/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List where a member is signed in, newest first
         * @description For the roles admin.
         */
        get: operations["listMemberSessions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{tenantId}/members/{sub}/sessions/{sessionId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * End a session of a member’s: who has its cookie is let in no more
         * @description For the roles admin, signed in with a second factor.
         */
        delete: operations["endMemberSession"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{tenantId}/invitations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List a tenant’s open invitations, newest first
         * @description For the roles admin, auditor.
         */
        get: operations["listInvitations"];
        put?: never;
        /**
         * Invite somebody by e-mail address, by a link that is good for seven days: mailed where mails are sent, and else shown this once
         * @description For the roles admin, signed in with a second factor.
         */
        post: operations["createInvitation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{tenantId}/invitations/import": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Invite up to 50 people, with a result for each
         * @description For the roles admin, signed in with a second factor.
         */
        post: operations["importInvitations"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{tenantId}/invitations/{invitationId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Take an invitation back; its link is worth nothing from then on
         * @description For the roles admin, signed in with a second factor.
         */
        delete: operations["deleteInvitation"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/invitations/accept": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Accept an invitation, with the verified e-mail address that it is for
         * @description For whoever signs in, signed in with a second factor.
         */
        post: operations["acceptInvitation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sign-ups": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List sign-ups, those last who asked first; your own alone unless you act for every tenant
         * @description For whoever signs in.
         */
        get: operations["listSignUps"];
        put?: never;
        /**
         * Sign up without an invitation, with a verified e-mail address: joins the tenant of its domain, asks an admin, or gets a tenant of one’s own for the sandbox, by configuration
         * @description For whoever signs in, signed in with a second factor.
         */
        post: operations["createSignUp"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sign-ups/{signUpId}/approve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make a member of who signed up, of a tenant that there is, or of a new one
         * @description For the roles admin who act for every tenant, signed in with a second factor.
         */
        post: operations["approveSignUp"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sign-ups/{signUpId}/reject": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Reject a sign-up; the person is told why, and may ask again
         * @description For the roles admin who act for every tenant, signed in with a second factor.
         */
        post: operations["rejectSignUp"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the tenants that you act for, newest first
         * @description For the roles admin, developer, auditor.
         */
        get: operations["listTenants"];
        put?: never;
        /**
         * Create a tenant, with the roles reader and writer
         * @description For the roles admin who act for every tenant, signed in with a second factor.
         */
        post: operations["createTenant"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{tenantId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a tenant
         * @description For the roles admin, developer, auditor.
         */
        get: operations["getTenant"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Rename, suspend or resume a tenant, change its settings, or let it go live
         * @description For the roles admin, signed in with a second factor.
         */
        patch: operations["updateTenant"];
        trace?: never;
    };
    "/v1/tenants/{tenantId}/roles": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List a tenant’s roles, by name
         * @description For the roles admin, developer, auditor. Below /iam for principals of AWS, by signed requests that IAM allows.
         */
        get: operations["listRoles"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{tenantId}/roles/{role}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a role
         * @description For the roles admin, developer, auditor. Below /iam for principals of AWS, by signed requests that IAM allows.
         */
        get: operations["getRole"];
        /**
         * Create or replace a role; keys that have it follow within seconds
         * @description For the roles admin, signed in with a second factor. Below /iam for principals of AWS, by signed requests that IAM allows.
         */
        put: operations["putRole"];
        post?: never;
        /**
         * Delete a role; keys that have it may do nothing until they get another
         * @description For the roles admin, signed in with a second factor. Below /iam for principals of AWS, by signed requests that IAM allows.
         */
        delete: operations["deleteRole"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{tenantId}/keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List a tenant’s API keys, newest first
         * @description For the roles admin, developer, auditor.
         */
        get: operations["listKeys"];
        put?: never;
        /**
         * Create an API key; the answer is the only one that shows it
         * @description For the roles admin, signed in with a second factor.
         */
        post: operations["createKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{tenantId}/keys/import": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How many imported keys are still unused
         * @description For the roles admin, auditor.
         */
        get: operations["getKeyImport"];
        put?: never;
        /**
         * Bring keys that were issued elsewhere; whoever has one goes on sending it as it is
         * @description For the roles admin, signed in with a second factor.
         */
        post: operations["importKeys"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/imports/release": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Let go of an imported text that opens nothing any more, because its credential has ended or has another key now, so that it can be imported elsewhere
         * @description For the roles admin who act for every tenant, signed in with a second factor.
         */
        post: operations["releaseImport"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Find API keys of the tenants that you act for: by id, by the hint of the newest secret, by what the name begins with; without q all, tenant by tenant
         * @description For the roles admin, developer, auditor.
         */
        get: operations["findKeys"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/keys/{keyId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read an API key by its id alone
         * @description For the roles admin, developer, auditor.
         */
        get: operations["getKeyById"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{tenantId}/keys/{keyId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read an API key
         * @description For the roles admin, developer, auditor.
         */
        get: operations["getKey"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change a key’s name, role, restrictions or metadata
         * @description For the roles admin, signed in with a second factor.
         */
        patch: operations["updateKey"];
        trace?: never;
    };
    "/v1/tenants/{tenantId}/keys/{keyId}/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Replace a key’s secret; the old one works until the overlap ends. While it lasts, only the newer secret is replaced, at once, and the overlap’s end stays as it is
         * @description For the roles admin, signed in with a second factor.
         */
        post: operations["rotateKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{tenantId}/keys/{keyId}/end-overlap": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * End a rotation’s overlap now
         * @description For the roles admin, signed in with a second factor.
         */
        post: operations["endOverlap"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{tenantId}/keys/{keyId}/disable": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Disable a key until it is enabled
         * @description For the roles admin, signed in with a second factor.
         */
        post: operations["disableKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{tenantId}/keys/{keyId}/enable": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Enable a disabled key
         * @description For the roles admin, signed in with a second factor.
         */
        post: operations["enableKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{tenantId}/keys/{keyId}/rotation": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read whose program rotates a key; 404 for nobody’s
         * @description For the roles admin, developer, auditor.
         */
        get: operations["getKeyRotation"];
        /**
         * Bind a key to the principal whose program rotates it where it is stored; from then on that one’s rotations wait for nobody
         * @description For the roles admin, signed in with a second factor.
         */
        put: operations["putKeyRotation"];
        post?: never;
        /**
         * Let nobody’s program rotate a key any more; its secrets stay as they are
         * @description For the roles admin, signed in with a second factor.
         */
        delete: operations["deleteKeyRotation"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{tenantId}/keys/{keyId}/revoke": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * End a key for good
         * @description For the roles admin, signed in with a second factor.
         */
        post: operations["revokeKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/apis": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List protected APIs, newest first
         * @description For the roles admin, developer, auditor. Below /iam for principals of AWS, by signed requests that IAM allows.
         */
        get: operations["listApis"];
        put?: never;
        /**
         * Register a protected API
         * @description For the roles admin who act for every tenant, signed in with a second factor. Below /iam for principals of AWS, by signed requests that IAM allows.
         */
        post: operations["createApi"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/apis/{apiId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a protected API
         * @description For the roles admin, developer, auditor. Below /iam for principals of AWS, by signed requests that IAM allows.
         */
        get: operations["getApi"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change a protected API’s name, route table, what its callers must send, or what they are told of it
         * @description For the roles admin who act for every tenant, signed in with a second factor. Below /iam for principals of AWS, by signed requests that IAM allows.
         */
        patch: operations["updateApi"];
        trace?: never;
    };
    "/v1/apis/{apiId}/openapi": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * An API’s OpenAPI document as its callers read it: with our servers and securitySchemes, the permission of each operation in x-keywright-permission (null for any key), its scopes in x-keywright-scopes, and for operators alone what is x-internal
         * @description For the roles admin, developer, auditor. Below /iam for principals of AWS, by signed requests that IAM allows.
         */
        get: operations["getApiOpenApi"];
        /**
         * Give an API its OpenAPI document, in place of the one before; what is wrong with it is named by place
         * @description For the roles admin who act for every tenant, signed in with a second factor. Below /iam for principals of AWS, by signed requests that IAM allows.
         */
        put: operations["putApiOpenApi"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/apis/{apiId}/client-key/reveal": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Show the client key of an API of the subscription scheme; each showing is audited
         * @description For the roles admin who act for every tenant, signed in with a second factor.
         */
        post: operations["revealClientKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/apis/{apiId}/client-key/regenerate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Replace an API’s client key; the one before is refused within seconds
         * @description For the roles admin who act for every tenant, signed in with a second factor.
         */
        post: operations["regenerateClientKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/apis/{apiId}/client-key/publish": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Show a sandbox API’s client key to everybody who reads the catalogue of public products
         * @description For the roles admin who act for every tenant, signed in with a second factor.
         */
        post: operations["publishClientKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/apis/{apiId}/client-key/unpublish": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Show an API’s client key to everybody no more; replace it if they are to know it no more
         * @description For the roles admin who act for every tenant, signed in with a second factor.
         */
        post: operations["unpublishClientKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/products": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the products that you see, newest first, with your own subscription to each
         * @description For the roles admin, developer, auditor. Below /iam for principals of AWS, by signed requests that IAM allows.
         */
        get: operations["listProducts"];
        put?: never;
        /**
         * Create a product
         * @description For the roles admin who act for every tenant, signed in with a second factor. Below /iam for principals of AWS, by signed requests that IAM allows.
         */
        post: operations["createProduct"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/catalogue": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The public products, in the operator’s order; a hundred at most
         * @description For everyone.
         */
        get: operations["getCatalogue"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/products/{productId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a product that you see, its documentation too
         * @description For the roles admin, developer, auditor. Below /iam for principals of AWS, by signed requests that IAM allows.
         */
        get: operations["getProduct"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change a product; its subscriptions follow within seconds
         * @description For the roles admin who act for every tenant, signed in with a second factor. Below /iam for principals of AWS, by signed requests that IAM allows.
         */
        patch: operations["updateProduct"];
        trace?: never;
    };
    "/v1/subscriptions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the subscriptions of the tenants that you act for, newest first
         * @description For the roles admin, developer, auditor.
         */
        get: operations["listSubscriptions"];
        put?: never;
        /**
         * Subscribe a tenant to a product; it waits for approval where the product asks for it
         * @description For the roles admin, developer, signed in with a second factor.
         */
        post: operations["createSubscription"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{tenantId}/subscriptions/import": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How many imported subscriptions are still unused
         * @description For the roles admin, auditor.
         */
        get: operations["getSubscriptionImport"];
        put?: never;
        /**
         * Bring subscriptions with keys that were issued elsewhere; they are active at once
         * @description For the roles admin, signed in with a second factor.
         */
        post: operations["importSubscriptions"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/subscriptions/{subscriptionId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a subscription
         * @description For the roles admin, developer, auditor.
         */
        get: operations["getSubscription"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Rename a subscription, or put it above or below its product’s plan
         * @description For the roles admin, developer, signed in with a second factor.
         */
        patch: operations["updateSubscription"];
        trace?: never;
    };
    "/v1/subscriptions/{subscriptionId}/approve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Approve a pending subscription
         * @description For the roles admin, signed in with a second factor.
         */
        post: operations["approveSubscription"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/subscriptions/{subscriptionId}/reject": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Reject a pending subscription for good
         * @description For the roles admin, signed in with a second factor.
         */
        post: operations["rejectSubscription"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/subscriptions/{subscriptionId}/withdraw": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take back your own request while it is pending
         * @description For the roles admin, developer, signed in with a second factor.
         */
        post: operations["withdrawSubscription"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/subscriptions/{subscriptionId}/suspend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Suspend an active subscription; its keys are refused within seconds
         * @description For the roles admin, signed in with a second factor.
         */
        post: operations["suspendSubscription"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/subscriptions/{subscriptionId}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Resume a suspended subscription
         * @description For the roles admin, signed in with a second factor.
         */
        post: operations["resumeSubscription"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/subscriptions/{subscriptionId}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * End a subscription for good, or take back your own request while it is pending
         * @description For the roles admin, developer, signed in with a second factor.
         */
        post: operations["cancelSubscription"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/subscriptions/{subscriptionId}/rotation": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read whose program rotates a subscription’s stored key; 404 for nobody’s
         * @description For the roles admin, developer, auditor.
         */
        get: operations["getSubscriptionRotation"];
        /**
         * Bind a subscription to the principal whose program rotates its stored key; from then on that one’s rotations wait for nobody
         * @description For the roles admin, developer, signed in with a second factor.
         */
        put: operations["putSubscriptionRotation"];
        post?: never;
        /**
         * Let nobody’s program rotate a subscription’s key any more; its keys stay as they are
         * @description For the roles admin, developer, signed in with a second factor.
         */
        delete: operations["deleteSubscriptionRotation"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/subscriptions/{subscriptionId}/keys/reveal": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Show a subscription’s keys, and the client keys of its APIs; each showing is audited
         * @description For the roles admin, developer, signed in with a second factor.
         */
        post: operations["revealSubscriptionKeys"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/subscriptions/{subscriptionId}/keys/{slot}/regenerate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Replace one of a subscription’s keys; the other keeps working
         * @description For the roles admin, developer, signed in with a second factor.
         */
        post: operations["regenerateSubscriptionKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read the audit log, newest first, or with `after` as a tail, oldest first
         * @description For the roles admin, developer, auditor.
         */
        get: operations["listAudit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/audit/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read the audit log as lines of JSON, newest first; a Link header leads to the next part
         * @description For the roles admin, developer, auditor.
         */
        get: operations["exportAudit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/audit/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Check that the audit log of a tenant, or of no tenant, is as it was written, part by part
         * @description For the roles admin, auditor.
         */
        get: operations["verifyAudit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/audit/chain": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read the chain of a tenant’s audit records, or of those of no tenant, to check it oneself
         * @description For the roles admin, auditor.
         */
        get: operations["getAuditChain"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/summary": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Count what a tenant has, or all tenants together: keys, what waits, alerts, requests
         * @description For the roles admin, developer, auditor.
         */
        get: operations["getSummary"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/usage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read how many requests a key, a subscription, a tenant or all of them made
         * @description For the roles admin, developer, auditor.
         */
        get: operations["getUsage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/explain/{requestId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * See why a request was refused, by its id, for seven days
         * @description For the roles admin.
         */
        get: operations["explainRefusal"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{tenantId}/roles/{role}/dry-run": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * See which calls of the last seven days a role’s new permissions would have refused
         * @description For the roles admin, signed in with a second factor.
         */
        post: operations["tryRole"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/apis/{apiId}/dry-run": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * See which calls of the last seven days another route table of an API would have refused
         * @description For the roles admin who act for every tenant, signed in with a second factor.
         */
        post: operations["tryApi"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{tenantId}/keys/{keyId}/dry-run": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * See which of a key’s calls of the last seven days a change would have refused
         * @description For the roles admin, signed in with a second factor.
         */
        post: operations["tryKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{tenantId}/keys/{keyId}/overlap": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * See who still uses the old secret while a rotation’s overlap lasts
         * @description For the roles admin, developer, auditor.
         */
        get: operations["getOverlap"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/keys/{keyId}/overlap": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * See the same of a key by its id alone
         * @description For the roles admin, developer, auditor.
         */
        get: operations["getOverlapById"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{tenantId}/keys/{keyId}/receipt": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * See the last admitted and the first refused call of a key that was disabled or revoked
         * @description For the roles admin, developer, auditor.
         */
        get: operations["getReceipt"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/approvals": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List operations that wait or waited for a second admin, newest first
         * @description For the roles admin, developer, auditor.
         */
        get: operations["listApprovals"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/approvals/{approvalId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read an operation that waits or waited for a second admin
         * @description For the roles admin, developer, auditor.
         */
        get: operations["getApproval"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/approvals/{approvalId}/approve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Approve another admin’s operation; what shows no secret is carried out at once
         * @description For the roles admin, signed in with a second factor.
         */
        post: operations["approveApproval"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/approvals/{approvalId}/reject": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Reject another admin’s operation
         * @description For the roles admin, signed in with a second factor.
         */
        post: operations["rejectApproval"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/approvals/{approvalId}/withdraw": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take back what you asked for, also once it is approved and not claimed
         * @description For the roles admin, developer, signed in with a second factor.
         */
        post: operations["withdrawApproval"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/approvals/{approvalId}/claim": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Carry out your own approved operation; the answer shows the secret
         * @description For the roles admin, developer, signed in with a second factor.
         */
        post: operations["claimApproval"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/alerts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List security findings, newest first
         * @description For the roles admin, auditor.
         */
        get: operations["listAlerts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/alerts/{alertId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read one security finding
         * @description For the roles admin, auditor.
         */
        get: operations["getAlert"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/alerts/{alertId}/acknowledge": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Say that a finding is taken care of
         * @description For the roles admin, signed in with a second factor.
         */
        post: operations["acknowledgeAlert"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/alerts/{alertId}/assign": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Say who is to look at a finding
         * @description For the roles admin, signed in with a second factor.
         */
        post: operations["assignAlert"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/alerts/{alertId}/snooze": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Put a finding off until a time in the next 30 days
         * @description For the roles admin, signed in with a second factor.
         */
        post: operations["snoozeAlert"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/leaks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Report keys that strangers can see; whoever holds a key may end it
         * @description For everyone.
         */
        post: operations["reportLeaks"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/leaks/github": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * GitHub’s secret-scanning partner protocol: matches found in public places
         * @description For everyone.
         */
        post: operations["reportLeaksFromGitHub"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Decide on a caller of a backend as an authorizer would, and spend of its limits; up to 100 at once
         * @description For principals of AWS, by signed requests that IAM allows.
         */
        post: operations["verify"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/rotation/{credentialId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Register the secret that a program has drawn and stored as the credential’s next one; the same once more is the same answer. No answer holds a secret
         * @description For principals of AWS, by signed requests that IAM allows.
         */
        post: operations["registerSecret"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/.well-known/keywright": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read where people sign in, which is all that the command needs to be told
         * @description For everyone.
         */
        get: operations["discover"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read this description of the API
         * @description For everyone.
         */
        get: operations["getOpenApi"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        Error: {
            error: {
                /** @enum {string} */
                code: "invalid_request" | "unauthenticated" | "forbidden" | "mfa_required" | "csrf" | "key_not_accepted" | "not_found" | "already_exists" | "invalid_state" | "conflict" | "precondition_failed" | "out_of_policy" | "idempotency_mismatch" | "body_too_large" | "unsupported_media_type" | "internal_error" | "dependency_unavailable" | "authorizer_unavailable";
                /** @example name: expected something to read */
                message: string;
                /** @example invalid_request_error */
                type: string;
                /** @description The field, parameter or header that was wrong */
                param?: string;
                /** @description Everything that is wrong with a body or query; for precondition_failed what was changed, for out_of_policy each rule */
                details?: {
                    param?: string;
                    message: string;
                    /** @description What would have been right; of every fault of a body */
                    expected?: string;
                    /** @description Who changed it meanwhile, as in the audit log */
                    changedBy?: string;
                    /** Format: date-time */
                    changedAt?: string;
                }[];
                /** @example JKJaXmPLvHcESHA= */
                requestId: string;
            };
        };
        /** @description An answer of API Gateway’s own */
        GatewayError: {
            message: string;
        } & {
            [key: string]: unknown;
        };
        Me: {
            /** @example 5e9c4a5e-1f2b-4c3d-8e9f-0a1b2c3d4e5f */
            sub: string;
            /** @example grace@example.com */
            email: string | null;
            /** @description By the access token; null where it names none */
            role: ("admin" | "developer" | "auditor") | null;
            /**
             * @description Those that you act for, by the token or as a member, and as what; `*` is all
             * @example [
             *       {
             *         "tenantId": "tenant_acme",
             *         "name": "Acme",
             *         "role": "developer",
             *         "sandboxOnly": false
             *       }
             *     ]
             */
            tenants: "*" | {
                /** @example tenant_acme */
                tenantId: string;
                name: string;
                role: ("admin" | "developer" | "auditor") | null;
                /** @description Whether it may have nothing live */
                sandboxOnly: boolean;
            }[];
            /** @description Whether the sign-in used a second factor */
            mfa: boolean;
            /** @description When you were last asked to sign in */
            authTime: string | null;
            /** @description Absent where you came by an access token */
            session?: {
                /** @example session_9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08 */
                sessionId: string;
                /**
                 * Format: date-time
                 * @example 2026-11-22T12:00:00.000Z
                 */
                startedAt: string;
                /**
                 * Format: date-time
                 * @example 2026-11-22T12:00:00.000Z
                 */
                endsAt: string;
                /** @description False where what shows or ends credentials wants you to confirm who you are first */
                recent: boolean;
            };
            /**
             * @description From where this request came, as the audit log has it of changes
             * @example 203.0.113.7
             */
            address: string | null;
            /**
             * @description The operationIds that you may call, in some tenant or in the one that the query names; all others are 403 or 404
             * @example [
             *       "getMe",
             *       "listKeys"
             *     ]
             */
            can: ("getMe" | "listMySessions" | "endMySession" | "getNotifications" | "putNotifications" | "leaveTenant" | "listMembers" | "updateMember" | "removeMember" | "listMemberSessions" | "endMemberSession" | "createInvitation" | "listInvitations" | "importInvitations" | "deleteInvitation" | "acceptInvitation" | "createSignUp" | "listSignUps" | "approveSignUp" | "rejectSignUp" | "createTenant" | "listTenants" | "getTenant" | "updateTenant" | "listRoles" | "putRole" | "getRole" | "deleteRole" | "createKey" | "listKeys" | "importKeys" | "getKeyImport" | "releaseImport" | "findKeys" | "getKeyById" | "getKey" | "updateKey" | "rotateKey" | "endOverlap" | "disableKey" | "enableKey" | "getKeyRotation" | "putKeyRotation" | "deleteKeyRotation" | "revokeKey" | "createApi" | "listApis" | "getApi" | "updateApi" | "putApiOpenApi" | "getApiOpenApi" | "revealClientKey" | "regenerateClientKey" | "publishClientKey" | "unpublishClientKey" | "createProduct" | "getCatalogue" | "listProducts" | "getProduct" | "updateProduct" | "createSubscription" | "listSubscriptions" | "importSubscriptions" | "getSubscriptionImport" | "getSubscription" | "updateSubscription" | "approveSubscription" | "rejectSubscription" | "withdrawSubscription" | "suspendSubscription" | "resumeSubscription" | "cancelSubscription" | "getSubscriptionRotation" | "putSubscriptionRotation" | "deleteSubscriptionRotation" | "revealSubscriptionKeys" | "regenerateSubscriptionKey" | "listAudit" | "exportAudit" | "verifyAudit" | "getAuditChain" | "getSummary" | "getUsage" | "explainRefusal" | "tryRole" | "tryApi" | "tryKey" | "getOverlap" | "getOverlapById" | "getReceipt" | "listApprovals" | "getApproval" | "approveApproval" | "rejectApproval" | "withdrawApproval" | "claimApproval" | "listAlerts" | "getAlert" | "acknowledgeAlert" | "assignAlert" | "snoozeAlert" | "reportLeaks" | "reportLeaksFromGitHub" | "verify" | "registerSecret" | "discover" | "getOpenApi")[];
            /**
             * @description Those that you may call once you have signed in with a second factor
             * @example [
             *       "createSubscription"
             *     ]
             */
            canWithSecondFactor: ("getMe" | "listMySessions" | "endMySession" | "getNotifications" | "putNotifications" | "leaveTenant" | "listMembers" | "updateMember" | "removeMember" | "listMemberSessions" | "endMemberSession" | "createInvitation" | "listInvitations" | "importInvitations" | "deleteInvitation" | "acceptInvitation" | "createSignUp" | "listSignUps" | "approveSignUp" | "rejectSignUp" | "createTenant" | "listTenants" | "getTenant" | "updateTenant" | "listRoles" | "putRole" | "getRole" | "deleteRole" | "createKey" | "listKeys" | "importKeys" | "getKeyImport" | "releaseImport" | "findKeys" | "getKeyById" | "getKey" | "updateKey" | "rotateKey" | "endOverlap" | "disableKey" | "enableKey" | "getKeyRotation" | "putKeyRotation" | "deleteKeyRotation" | "revokeKey" | "createApi" | "listApis" | "getApi" | "updateApi" | "putApiOpenApi" | "getApiOpenApi" | "revealClientKey" | "regenerateClientKey" | "publishClientKey" | "unpublishClientKey" | "createProduct" | "getCatalogue" | "listProducts" | "getProduct" | "updateProduct" | "createSubscription" | "listSubscriptions" | "importSubscriptions" | "getSubscriptionImport" | "getSubscription" | "updateSubscription" | "approveSubscription" | "rejectSubscription" | "withdrawSubscription" | "suspendSubscription" | "resumeSubscription" | "cancelSubscription" | "getSubscriptionRotation" | "putSubscriptionRotation" | "deleteSubscriptionRotation" | "revealSubscriptionKeys" | "regenerateSubscriptionKey" | "listAudit" | "exportAudit" | "verifyAudit" | "getAuditChain" | "getSummary" | "getUsage" | "explainRefusal" | "tryRole" | "tryApi" | "tryKey" | "getOverlap" | "getOverlapById" | "getReceipt" | "listApprovals" | "getApproval" | "approveApproval" | "rejectApproval" | "withdrawApproval" | "claimApproval" | "listAlerts" | "getAlert" | "acknowledgeAlert" | "assignAlert" | "snoozeAlert" | "reportLeaks" | "reportLeaksFromGitHub" | "verify" | "registerSecret" | "discover" | "getOpenApi")[];
            /**
             * @description What keys begin with, before an underscore; empty for nothing
             * @example
             */
            vendor: string;
            /**
             * @example [
             *       "sandbox",
             *       "live"
             *     ]
             */
            environments: ("sandbox" | "live")[];
            features: {
                fourEyes: boolean;
                /** @enum {string} */
                signUp: "off" | "domains" | "request" | "open";
                webhooks: boolean;
            };
        };
        Session: {
            /** @example session_9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08 */
            sessionId: string;
            /**
             * Format: date-time
             * @example 2026-11-22T12:00:00.000Z
             */
            startedAt: string;
            /**
             * Format: date-time
             * @description To a minute
             * @example 2026-11-22T12:00:00.000Z
             */
            lastSeenAt: string;
            /**
             * Format: date-time
             * @description When it ends, however it is used; unused for an hour it ends earlier
             * @example 2026-11-22T12:00:00.000Z
             */
            endsAt: string;
            /**
             * @description From where it was started
             * @example 203.0.113.7
             */
            ip: string | null;
            /**
             * @description As the browser names itself
             * @example Mozilla/5.0 (X11; Linux x86_64)
             */
            userAgent: string | null;
            /** @description Whether the sign-in used a second factor */
            mfa: boolean;
            /** @description Whether this request came by it */
            current: boolean;
        };
        Notifications: {
            /**
             * @description What waits for a decision of yours, at once
             * @enum {string}
             */
            approvals: "mail" | "off";
            /**
             * @description What was decided on what you asked for, at once
             * @enum {string}
             */
            decisions: "mail" | "off";
            /**
             * @description Ends of keys 14 and 7 days ahead in the daily digest, the last day at once
             * @enum {string}
             */
            expiring: "mail" | "off";
            /**
             * @description Keys that strangers hold, at once
             * @enum {string}
             */
            leaked: "mail" | "off";
            /**
             * @description Keys that were used from a new network, in the daily digest
             * @enum {string}
             */
            newNetwork: "mail" | "off";
            /** @description Whether this deployment sends mails; if not, everything is `off` and stays so */
            available: boolean;
            /** @description Where mails go: the address that your issuer verified; null where it told none */
            address: string | null;
            /** @description Why mails to you have stopped, and when; null where they have not */
            stopped: {
                /** @enum {string} */
                reason: "bounce" | "complaint";
                /**
                 * Format: date-time
                 * @example 2026-11-22T12:00:00.000Z
                 */
                at: string;
            } | null;
        };
        Member: {
            /** @example 5e9c4a5e-1f2b-4c3d-8e9f-0a1b2c3d4e5f */
            sub: string;
            /** @example grace@example.com */
            email: string;
            /**
             * @example developer
             * @enum {string}
             */
            role: "admin" | "developer" | "auditor";
            /**
             * Format: date-time
             * @example 2026-11-22T12:00:00.000Z
             */
            joinedAt: string;
            /** @example 5e9c4a5e-1f2b-4c3d-8e9f-0a1b2c3d4e5f */
            invitedBy: string;
        };
        Approval: {
            /** @example apr_1aB3cD5eF7gH */
            approvalId: string;
            /** @example tenant_acme */
            tenantId: string;
            /**
             * @description The operationId of what waits
             * @example revokeKey
             */
            operation: string;
            /**
             * @description What it is to change; what is to be created has its id already
             * @example {
             *       "type": "apiKey",
             *       "id": "key_8sK2mQ4vXz1b"
             *     }
             */
            subject: {
                type: string;
                id: string;
            };
            /**
             * @description The body that it was requested with
             * @example {
             *       "reason": "Not used any more"
             *     }
             */
            body: {
                [key: string]: unknown;
            };
            /** @example 5e9c4a5e-1f2b-4c3d-8e9f-0a1b2c3d4e5f */
            requestedBy: string;
            /**
             * @description The e-mail address at that time, where the token told it
             * @example grace@example.com
             */
            requestedByName: string | null;
            /**
             * Format: date-time
             * @example 2026-11-22T12:00:00.000Z
             */
            requestedAt: string;
            /**
             * Format: date-time
             * @description Until then it may be decided, and once approved claimed
             * @example 2026-11-22T12:00:00.000Z
             */
            expiresAt: string;
            /** @enum {string} */
            state: "pending" | "approved" | "claimed" | "rejected" | "withdrawn" | "lapsed" | "failed";
            /** @description Who withdrew it, too */
            decidedBy: string | null;
            decidedByName: string | null;
            decidedAt: string | null;
            /** @description Why it was rejected or withdrawn */
            reason: string | null;
            /** @description Whether it has been done. What is approved is done at once; where that was cut off, within minutes */
            carriedOut: boolean;
            /** @description Why what was approved can’t be done any more, where `state` is `failed` */
            failure: string | null;
        };
        Invitation: {
            /** @example inv_6yT4rE2wQ8uI */
            invitationId: string;
            /** @example grace@example.com */
            email: string;
            /**
             * @example developer
             * @enum {string}
             */
            role: "admin" | "developer" | "auditor";
            note: string | null;
            /**
             * Format: date-time
             * @example 2026-11-22T12:00:00.000Z
             */
            createdAt: string;
            /** @example 5e9c4a5e-1f2b-4c3d-8e9f-0a1b2c3d4e5f */
            createdBy: string;
            /**
             * @description The e-mail address of who made it, at that time; null where it was not known
             * @example grace@example.com
             */
            createdByName: string | null;
            /**
             * Format: date-time
             * @example 2026-11-22T12:00:00.000Z
             */
            expiresAt: string;
        };
        SignUp: {
            /** @example signup_3kJ5hG7fD9sA */
            signUpId: string;
            /**
             * @description Verified by the issuer
             * @example grace@example.com
             */
            email: string;
            /** @example Acme */
            company: string | null;
            /**
             * @description What for, in the person’s words
             * @example The checkout of the web shop
             */
            use: string | null;
            /** @enum {string} */
            state: "pending" | "approved" | "rejected";
            /**
             * Format: date-time
             * @description When the person asked first
             * @example 2026-11-22T12:00:00.000Z
             */
            createdAt: string;
            /**
             * Format: date-time
             * @description When the person asked last
             * @example 2026-11-22T12:00:00.000Z
             */
            requestedAt: string;
            decidedAt: string | null;
            decidedBy: string | null;
            /** @description Why it was rejected */
            reason: string | null;
            /** @description Of which the person was made a member, or is to be by an approval that was cut off */
            tenantId: string | null;
        };
        Tenant: {
            /** @example tenant_acme */
            tenantId: string;
            /** @example Acme */
            name: string;
            /** @enum {string} */
            status: "active" | "suspended";
            /**
             * @description Whether it may have nothing live
             * @example false
             */
            sandboxOnly: boolean;
            /**
             * @description That whoever runs this suspended it: then nobody else resumes it
             * @constant
             */
            suspendedByOperator?: true;
            settings: {
                /** @description Whether operations on live keys wait for a second admin’s approval */
                requireApproval: boolean;
                /**
                 * @description What is to be done with a key that is reported as leaked
                 * @enum {string}
                 */
                leakResponse: "revoke" | "notify";
                /** @description By environment; absent where nothing is asked of keys */
                keyPolicies?: {
                    /**
                     * @description What new keys and rotations have to keep to; keys that are there are reported
                     * @example {
                     *       "maxLifetimeDays": 365,
                     *       "expiryRequired": true,
                     *       "maxOverlapSeconds": 86400
                     *     }
                     */
                    sandbox?: {
                        /** @description The longest time from when a key’s newest secret was made to when the key ends */
                        maxLifetimeDays?: number;
                        expiryRequired?: boolean;
                        /** @description Whether secret keys have to be bound to networks */
                        cidrRequired?: boolean;
                        /** @description The longest overlap of a rotation */
                        maxOverlapSeconds?: number;
                        /** @description A key whose newest secret is older is out of policy */
                        rotateEveryDays?: number;
                    };
                    /**
                     * @description What new keys and rotations have to keep to; keys that are there are reported
                     * @example {
                     *       "maxLifetimeDays": 365,
                     *       "expiryRequired": true,
                     *       "maxOverlapSeconds": 86400
                     *     }
                     */
                    live?: {
                        /** @description The longest time from when a key’s newest secret was made to when the key ends */
                        maxLifetimeDays?: number;
                        expiryRequired?: boolean;
                        /** @description Whether secret keys have to be bound to networks */
                        cidrRequired?: boolean;
                        /** @description The longest overlap of a rotation */
                        maxOverlapSeconds?: number;
                        /** @description A key whose newest secret is older is out of policy */
                        rotateEveryDays?: number;
                    };
                };
            };
            /**
             * Format: date-time
             * @example 2026-11-22T12:00:00.000Z
             */
            createdAt: string;
        };
        Role: {
            /** @example reader */
            role: string;
            /**
             * @example [
             *       "orders:read"
             *     ]
             */
            permissions: string[];
            /** @example What the shop needs */
            description: string;
        };
        Key: {
            /** @example key_8sK2mQ4vXz1b */
            keyId: string;
            /** @example tenant_acme */
            tenantId: string;
            /** @example Billing */
            name: string;
            /**
             * @example secret
             * @enum {string}
             */
            type: "publishable" | "secret";
            /** @enum {string} */
            environment: "sandbox" | "live";
            /** @example reader */
            role: string;
            permissions: string[] | null;
            /** @enum {string} */
            status: "active" | "disabled" | "revoked" | "expired";
            /**
             * Format: date-time
             * @example 2026-11-22T12:00:00.000Z
             */
            createdAt: string;
            /** @example 5e9c4a5e-1f2b-4c3d-8e9f-0a1b2c3d4e5f */
            createdBy: string;
            /**
             * @description The e-mail address of who made it, at that time; null where it was not known
             * @example grace@example.com
             */
            createdByName: string | null;
            /** @description When somebody last changed it; null where an older version did */
            updatedAt: string | null;
            expiresAt: string | null;
            lastUsedAt: string | null;
            /**
             * @example [
             *       "203.0.113.0/24"
             *     ]
             */
            allowedCidrs: string[];
            /** @example [] */
            allowedOrigins: string[];
            rateLimits: {
                /** @example 600 */
                limit: number;
                /** @example 60 */
                windowSeconds: number;
            }[];
            /**
             * @example {
             *       "team": "billing"
             *     }
             */
            metadata: {
                [key: string]: string;
            };
            revokedAt: string | null;
            revokedBy: string | null;
            /**
             * @description The e-mail address of who revoked it, at that time; null where it was not known
             * @example grace@example.com
             */
            revokedByName: string | null;
            /** @description Of one that is disabled, as below */
            disabledAt: string | null;
            disabledBy: string | null;
            /**
             * @description The e-mail address of who disabled it, at that time; null where it was not known
             * @example grace@example.com
             */
            disabledByName: string | null;
            /** @description Why it was revoked, or else disabled, where a reason was given; null otherwise */
            reason: string | null;
            /** @description Those that have not ended, newest first; none of a revoked key */
            secrets: {
                /**
                 * Format: date-time
                 * @example 2026-11-22T12:00:00.000Z
                 */
                createdAt: string;
                /** @description The end of its overlap */
                expiresAt: string | null;
                lastUsedAt: string | null;
                /**
                 * @description The key’s last four characters; empty where they are not known
                 * @example 28kj
                 */
                hint: string;
            }[];
            /**
             * @description Rules of the tenant’s key policy that it does not keep to; it works all the same
             * @example []
             */
            outOfPolicy: ("maxLifetimeDays" | "expiryRequired" | "cidrRequired" | "maxOverlapSeconds" | "rotateEveryDays")[];
            /** @description What became of a key that was issued elsewhere; null for one made here */
            imported: ("used" | "unused" | "ended") | null;
            /** @description Whose program rotates it where it is stored; absent for nobody’s */
            rotation?: {
                /** @example arn:aws:iam::111122223333:role/RotateOrdersKey */
                principalArn: string;
                /** @example 86400 */
                maxOverlapSeconds: number;
            };
        };
        Api: {
            /** @example api_2Xq7LmB4tRz9 */
            apiId: string;
            /** @example payments */
            name: string;
            /** @enum {string} */
            environment: "sandbox" | "live";
            /** @enum {string} */
            scheme: "tenant" | "subscription";
            /** @description Whether callers must send the API’s client key as well */
            clientKeyRequired: boolean;
            /**
             * @description Present where everybody is shown the client key, with the public products
             * @constant
             */
            clientKeyPublished?: true;
            /**
             * @example [
             *       {
             *         "method": "GET",
             *         "path": "/v1/orders/{orderId}",
             *         "permission": "orders:read",
             *         "public": false
             *       }
             *     ]
             */
            routes: {
                /** @enum {string} */
                method: "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS" | "ANY";
                path: string;
                permission: string | null;
                public: boolean;
                /** @description Absent where it asks for none */
                scopes?: string[];
            }[];
            oauth: {
                issuer: string;
                audience: string;
                requiredScopes: string[];
                requiredRoles: string[];
            } | null;
            /** @example Charges cards and refunds them */
            description: string | null;
            /** @example https://api.example.com/payments */
            baseUrl: string | null;
            /**
             * @description What its OpenAPI document says of itself; null where it has none
             * @example {
             *       "title": "Payments",
             *       "version": "1.4.0",
             *       "operations": 12
             *     }
             */
            openapi: {
                title: string;
                version: string;
                operations: number;
            } | null;
        };
        Product: {
            /** @example prod_5hN3kL9pM2sD */
            productId: string;
            /** @example Payments */
            name: string;
            /** @example Charge cards and refund them */
            description: string;
            /** @enum {string} */
            environment: "sandbox" | "live";
            apiIds: string[];
            /** @description Those of apiIds that exist */
            apis: {
                /** @example api_2Xq7LmB4tRz9 */
                apiId: string;
                /** @example payments */
                name: string;
                /** @enum {string} */
                environment: "sandbox" | "live";
                /**
                 * @description How many its OpenAPI document has for who reads this: internal ones are counted for operators alone; null where it has none
                 * @example 12
                 */
                operations: number | null;
            }[];
            requiresApproval: boolean;
            /**
             * @example {
             *       "rateLimits": [
             *         {
             *           "limit": 600,
             *           "windowSeconds": 60
             *         }
             *       ],
             *       "quota": {
             *         "limit": 100000,
             *         "period": "month"
             *       }
             *     }
             */
            plan: {
                rateLimits: {
                    /** @example 600 */
                    limit: number;
                    /** @example 60 */
                    windowSeconds: number;
                }[];
                quota: {
                    /** @example 100000 */
                    limit: number;
                    /**
                     * @description Of the calendar, in UTC
                     * @enum {string}
                     */
                    period: "day" | "month";
                } | null;
            };
            /**
             * @description Who sees it and may subscribe: everybody, the tenants of tenantIds, or operators alone, who subscribe others
             * @enum {string}
             */
            visibility: "public" | "tenants" | "hidden";
            /**
             * @description Those of them that you act for
             * @example []
             */
            tenantIds: string[];
            /** @example https://example.com/terms */
            termsUrl: string | null;
            /** @example 2026-10 */
            termsVersion: string | null;
            /** @example 10 */
            order: number;
            /**
             * @example # Payments
             *
             *     Charge cards and refund them.
             */
            documentation: string | null;
        };
        PublicProduct: {
            /** @example prod_5hN3kL9pM2sD */
            productId: string;
            /** @example Payments */
            name: string;
            /** @example Charge cards and refund them */
            description: string;
            /** @enum {string} */
            environment: "sandbox" | "live";
            apiIds: string[];
            apis: {
                /** @example api_2Xq7LmB4tRz9 */
                apiId: string;
                /** @example payments */
                name: string;
                /** @enum {string} */
                environment: "sandbox" | "live";
                /**
                 * @description How many its OpenAPI document has for who reads this: internal ones are counted for operators alone; null where it has none
                 * @example 12
                 */
                operations: number | null;
                /**
                 * @description What callers send in Client-Key; null where the operator does not publish it
                 * @example ck_dev_Hq3vB8nX1mZ6…h7Kp
                 */
                clientKey: string | null;
            }[];
            requiresApproval: boolean;
            /**
             * @example {
             *       "rateLimits": [
             *         {
             *           "limit": 600,
             *           "windowSeconds": 60
             *         }
             *       ],
             *       "quota": {
             *         "limit": 100000,
             *         "period": "month"
             *       }
             *     }
             */
            plan: {
                rateLimits: {
                    /** @example 600 */
                    limit: number;
                    /** @example 60 */
                    windowSeconds: number;
                }[];
                quota: {
                    /** @example 100000 */
                    limit: number;
                    /**
                     * @description Of the calendar, in UTC
                     * @enum {string}
                     */
                    period: "day" | "month";
                } | null;
            };
            /**
             * @description Who sees it and may subscribe: everybody, the tenants of tenantIds, or operators alone, who subscribe others
             * @enum {string}
             */
            visibility: "public" | "tenants" | "hidden";
            /**
             * @description Those of them that you act for
             * @example []
             */
            tenantIds: string[];
            /** @example https://example.com/terms */
            termsUrl: string | null;
            /** @example 2026-10 */
            termsVersion: string | null;
            /** @example 10 */
            order: number;
        };
        ListedProduct: {
            /** @example prod_5hN3kL9pM2sD */
            productId: string;
            /** @example Payments */
            name: string;
            /** @example Charge cards and refund them */
            description: string;
            /** @enum {string} */
            environment: "sandbox" | "live";
            apiIds: string[];
            /** @description Those of apiIds that exist */
            apis: {
                /** @example api_2Xq7LmB4tRz9 */
                apiId: string;
                /** @example payments */
                name: string;
                /** @enum {string} */
                environment: "sandbox" | "live";
                /**
                 * @description How many its OpenAPI document has for who reads this: internal ones are counted for operators alone; null where it has none
                 * @example 12
                 */
                operations: number | null;
            }[];
            requiresApproval: boolean;
            /**
             * @example {
             *       "rateLimits": [
             *         {
             *           "limit": 600,
             *           "windowSeconds": 60
             *         }
             *       ],
             *       "quota": {
             *         "limit": 100000,
             *         "period": "month"
             *       }
             *     }
             */
            plan: {
                rateLimits: {
                    /** @example 600 */
                    limit: number;
                    /** @example 60 */
                    windowSeconds: number;
                }[];
                quota: {
                    /** @example 100000 */
                    limit: number;
                    /**
                     * @description Of the calendar, in UTC
                     * @enum {string}
                     */
                    period: "day" | "month";
                } | null;
            };
            /**
             * @description Who sees it and may subscribe: everybody, the tenants of tenantIds, or operators alone, who subscribe others
             * @enum {string}
             */
            visibility: "public" | "tenants" | "hidden";
            /**
             * @description Those of them that you act for
             * @example []
             */
            tenantIds: string[];
            /** @example https://example.com/terms */
            termsUrl: string | null;
            /** @example 2026-10 */
            termsVersion: string | null;
            /** @example 10 */
            order: number;
            /**
             * @description The newest of the tenants that you act for; null for none, and for operators
             * @example {
             *       "id": "sub_4fG8jK2lZ6xC",
             *       "state": "active"
             *     }
             */
            subscription: {
                id: string;
                /** @enum {string} */
                state: "pending" | "active" | "suspended" | "cancelled" | "rejected";
            } | null;
        };
        Subscription: {
            /** @example sub_4fG8jK2lZ6xC */
            subscriptionId: string;
            /** @example tenant_acme */
            tenantId: string;
            /** @example Acme */
            tenantName: string;
            /** @example prod_5hN3kL9pM2sD */
            productId: string;
            /** @example Payments */
            productName: string;
            /** @example Billing */
            name: string;
            /** @enum {string} */
            environment: "sandbox" | "live";
            /**
             * @example active
             * @enum {string}
             */
            state: "pending" | "active" | "suspended" | "cancelled" | "rejected";
            /**
             * Format: date-time
             * @example 2026-11-22T12:00:00.000Z
             */
            createdAt: string;
            /** @example 5e9c4a5e-1f2b-4c3d-8e9f-0a1b2c3d4e5f */
            createdBy: string;
            /**
             * @description The e-mail address of who asked for it, at that time; null where it was not known
             * @example grace@example.com
             */
            createdByName: string | null;
            use: string | null;
            /** @description Of the product’s terms, as they were accepted */
            termsVersion: string | null;
            /** @description When its state was last decided on; null while it is as it was made */
            decidedAt: string | null;
            /** @description The e-mail address of who decided */
            decidedByName: string | null;
            /** @description The reason that was given for its state */
            reason: string | null;
            /**
             * @description Whether it was cancelled before anybody had decided on it
             * @example false
             */
            withdrawn: boolean;
            /** @description What it may consume in place of its product’s plan; null where the plan holds */
            limits: {
                rateLimits: {
                    /** @example 600 */
                    limit: number;
                    /** @example 60 */
                    windowSeconds: number;
                }[];
                quota: {
                    /** @example 100000 */
                    limit: number;
                    /**
                     * @description Of the calendar, in UTC
                     * @enum {string}
                     */
                    period: "day" | "month";
                } | null;
            } | null;
            slots: {
                primary: {
                    /**
                     * Format: date-time
                     * @example 2026-11-22T12:00:00.000Z
                     */
                    createdAt: string;
                    lastUsedAt: string | null;
                    /**
                     * @description The key’s last four characters; empty where they are not known
                     * @example Zq7w
                     */
                    hint: string;
                    /**
                     * Format: date-time
                     * @description When strangers were first seen to have this key; only where they were
                     * @example 2026-11-22T12:00:00.000Z
                     */
                    leakedAt?: string;
                    /**
                     * @description Where this key is worth nothing until it is regenerated, because strangers had it
                     * @constant
                     */
                    ended?: true;
                };
                secondary: {
                    /**
                     * Format: date-time
                     * @example 2026-11-22T12:00:00.000Z
                     */
                    createdAt: string;
                    lastUsedAt: string | null;
                    /**
                     * @description The key’s last four characters; empty where they are not known
                     * @example Zq7w
                     */
                    hint: string;
                    /**
                     * Format: date-time
                     * @description When strangers were first seen to have this key; only where they were
                     * @example 2026-11-22T12:00:00.000Z
                     */
                    leakedAt?: string;
                    /**
                     * @description Where this key is worth nothing until it is regenerated, because strangers had it
                     * @constant
                     */
                    ended?: true;
                };
            };
            oauthClientIds: string[] | null;
            /** @description What became of keys that were issued elsewhere; null for those made here */
            imported: ("used" | "unused" | "ended") | null;
            /** @description Whose program rotates it where it is stored; absent for nobody’s */
            rotation?: {
                /** @example arn:aws:iam::111122223333:role/RotateOrdersKey */
                principalArn: string;
            };
        };
        /**
         * @example {
         *       "id": "019aa1f4-8c00-7d3a-9b4e-2f6c8a1b3d5e",
         *       "version": 1,
         *       "type": "apiKey.revoked",
         *       "time": "2026-11-22T12:00:00.000Z",
         *       "tenantId": "tenant_acme",
         *       "actor": {
         *         "type": "admin",
         *         "id": "5e9c4a5e-1f2b-4c3d-8e9f-0a1b2c3d4e5f",
         *         "ip": "203.0.113.7",
         *         "name": "grace@example.com"
         *       },
         *       "subject": {
         *         "type": "apiKey",
         *         "id": "key_8sK2mQ4vXz1b"
         *       },
         *       "data": {
         *         "reason": "Not used any more"
         *       },
         *       "requestId": "JKJaXmPLvHcESHA=",
         *       "revision": 4
         *     }
         */
        AuditRecord: {
            /**
             * Format: uuid
             * @description Unique, and sorts by time; a repeated delivery has the same
             */
            id: string;
            /**
             * @description Of this shape
             * @constant
             */
            version: 1;
            /**
             * @description One of those below; `detail-type` says it too
             * @enum {string}
             */
            type: "apiKey.created" | "apiKey.updated" | "apiKey.rotated" | "apiKey.overlapEnded" | "apiKey.disabled" | "apiKey.enabled" | "apiKey.revoked" | "apiKey.expiring" | "apiKey.expired" | "apiKey.usedFromNewIp" | "apiKey.leaked" | "apiKey.unused" | "apiKey.released" | "apiKey.digestsChanged" | "subscription.requested" | "subscription.approved" | "subscription.rejected" | "subscription.suspended" | "subscription.resumed" | "subscription.cancelled" | "subscription.updated" | "subscription.keyRegenerated" | "subscription.keysRevealed" | "role.changed" | "role.deleted" | "tenant.created" | "tenant.updated" | "tenant.suspended" | "tenant.resumed" | "api.created" | "api.updated" | "clientKey.revealed" | "clientKey.regenerated" | "product.created" | "product.updated" | "member.invited" | "member.invitationRevoked" | "member.joined" | "member.roleChanged" | "member.removed" | "session.started" | "session.ended" | "person.notificationsChanged" | "signUp.requested" | "signUp.approved" | "signUp.rejected" | "approval.requested" | "approval.approved" | "approval.claimed" | "approval.rejected" | "approval.withdrawn" | "approval.lapsed" | "approval.failed" | "auth.failureBurst" | "auth.geoAnomaly" | "rateLimit.exceeded" | "usage.clientErrors" | "usage.spike" | "rotation.oldSecretInUse" | "alert.acknowledged" | "alert.assigned" | "alert.snoozed" | "audit.gap";
            /**
             * Format: date-time
             * @description When it happened, UTC
             */
            time: string;
            /** @description null for what belongs to no tenant */
            tenantId: string | null;
            actor: {
                /** @enum {string} */
                type: "admin" | "developer" | "auditor" | "apiKey" | "principal" | "system";
                /** @description Of a person the token’s `sub`, of a key its id, of a principal of AWS its ARN, of Keywright itself `keywright` */
                id: string;
                ip: string | null;
                /** @description Of a person the e-mail address at that time, where the token tells it */
                name?: string;
            };
            subject: {
                /** @enum {string} */
                type: "apiKey" | "subscription" | "role" | "tenant" | "team" | "member" | "invitation" | "session" | "person" | "signUp" | "api" | "product" | "approval" | "network" | "alert";
                id: string;
            };
            data: {
                [key: string]: unknown;
            };
            /** @description Of the request or invocation that caused it */
            requestId: string;
            /** @description Which change of its item it is, from 1 without a gap: of its subject, of a role’s tenant, of a member’s or invitation’s team, of a finding’s alert. Absent where use of a key caused it */
            revision?: number;
            /**
             * @description Present when it was set aside first: later ones of its item may have come before it
             * @constant
             */
            late?: true;
        };
        AuditVerification: {
            /** @example tenant_acme */
            tenantId: string | null;
            /**
             * @description How many numbers of the chain this part looked at
             * @example 28
             */
            checked: number;
            /** @example [] */
            tampering: {
                /** @enum {string} */
                kind: "changed" | "missing" | "inserted" | "reordered" | "cutOff" | "forgedHead";
                seq: number | null;
                eventId: string | null;
                message: string;
            }[];
            /** @description How many of the newest records no head covers: told once, where the chain ends */
            unproven: number | null;
            /**
             * @description Changes of items of which the log has no event; empty unless complete was asked for
             * @example []
             */
            missing: {
                /** @description Its id */
                item: string;
                /** @description Which of its changes it was */
                revision: number;
                message: string;
            }[];
            /**
             * @description The same, so young that their events may be on their way
             * @example []
             */
            underWay: {
                /** @description Its id */
                item: string;
                /** @description Which of its changes it was */
                revision: number;
                message: string;
            }[];
            /**
             * @description The last record that was looked at
             * @example {
             *       "seq": 28,
             *       "hash": "d3e7b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b8"
             *     }
             */
            head: {
                /** @example 28 */
                seq: number;
                /** @example d3e7b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b8 */
                hash: string;
            } | null;
            /** @description The signed heads that were used, beside one that was given */
            anchors: {
                /**
                 * @description The log group that signed heads are kept in
                 * @example /keywright/audit-heads
                 */
                place: string;
                /**
                 * @description Unless they were read, nothing proves that the newest records were not cut off
                 * @enum {string}
                 */
                state: "read" | "none" | "unreadable";
                /** @description Why they could not be read */
                reason: string | null;
                /** @description How many heads the chain was held against */
                count: number;
                newest: {
                    /** @example 28 */
                    seq: number;
                    /** @example d3e7b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b8 */
                    hash: string;
                    /**
                     * Format: date-time
                     * @example 2026-11-22T12:00:00.000Z
                     */
                    signedAt: string;
                } | null;
            };
            /** @description Whether the audit table has the policy that lets nobody change a record; told by the first part */
            lock: {
                /** @enum {string} */
                state: "intact" | "changed" | "missing" | "unreadable";
                /** @description What is wrong with it, a sentence each */
                differences: string[];
            } | null;
            /** @description null once the whole chain was looked at */
            nextCursor: string | null;
        };
        /** @description A part of a chain, oldest first, for whoever checks it alone */
        AuditChain: {
            tenantId: string | null;
            items: {
                /** @description null for what stands at no number */
                seq: number | null;
                /** @description null where what stands there is no link */
                link: {
                    version: 1 | 2;
                    seq: number;
                    /** @example d3e7b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b8 */
                    hash: string;
                    previous: string | null;
                    /** @description Time and id of the event */
                    record: string;
                    /** @description When the record may be gone, in seconds since 1970 */
                    expires: number | null;
                    /** @description Digest of the event’s canonical JSON; empty in version 1 */
                    event: string;
                } | null;
                /** @description null where it is gone */
                record: {
                    /** @description As it is kept, whatever was done to it; the digest is of this */
                    event: {
                        [key: string]: unknown;
                    };
                    seq: number;
                    /** @description Whether key, day, number and end of the record are as its link says */
                    isWhole: boolean;
                } | null;
            }[];
            /** @description What to ask for as `after`; null at the end */
            next: number | null;
        };
        Summary: {
            /**
             * @description null where it is of all tenants
             * @example tenant_acme
             */
            tenantId: string | null;
            keys: {
                /**
                 * @example {
                 *       "sandbox": 4,
                 *       "live": 12
                 *     }
                 */
                active: {
                    sandbox: number;
                    live: number;
                };
                /**
                 * @example {
                 *       "sandbox": 4,
                 *       "live": 12
                 *     }
                 */
                disabled: {
                    sandbox: number;
                    live: number;
                };
                /**
                 * @example {
                 *       "sandbox": 4,
                 *       "live": 12
                 *     }
                 */
                revoked: {
                    sandbox: number;
                    live: number;
                };
                /**
                 * @example {
                 *       "sandbox": 4,
                 *       "live": 12
                 *     }
                 */
                expired: {
                    sandbox: number;
                    live: number;
                };
                /**
                 * @description That end within 14 days
                 * @example 2
                 */
                expiring: number;
                /** @description Whose older secret still works */
                inOverlap: number;
                /** @description That nobody used for 90 days */
                unused: number;
            };
            subscriptions: {
                pending: number;
            };
            /** @description null for developers, who are shown their own alone */
            approvals: {
                pending: number;
            } | null;
            /** @description Of people who belong to no tenant yet; null but for who acts for all tenants */
            signUps: {
                pending: number;
            } | null;
            /** @description null for developers */
            alerts: {
                open: number;
            } | null;
            /**
             * @description Of UTC days; null where it is of all tenants
             * @example {
             *       "today": {
             *         "requests": 88310,
             *         "clientErrors": 1204,
             *         "serverErrors": 3,
             *         "errorShare": 0.0137
             *       },
             *       "yesterday": {
             *         "requests": 91022,
             *         "clientErrors": 950,
             *         "serverErrors": 0,
             *         "errorShare": 0.0104
             *       }
             *     }
             */
            requests: {
                today: {
                    requests: number;
                    clientErrors: number;
                    serverErrors: number;
                    /** @description Of 4xx and 5xx among all; 0 without any */
                    errorShare: number;
                };
                yesterday: {
                    requests: number;
                    clientErrors: number;
                    serverErrors: number;
                    /** @description Of 4xx and 5xx among all; 0 without any */
                    errorShare: number;
                };
            } | null;
        };
        Usage: {
            /**
             * @description null where it is of all tenants
             * @example tenant_acme
             */
            tenantId: string | null;
            keyId: string | null;
            /**
             * Format: date-time
             * @description Inclusive: the beginning of an hour or day
             * @example 2026-11-22T12:00:00.000Z
             */
            from: string;
            /**
             * Format: date-time
             * @description Exclusive
             * @example 2026-11-22T12:00:00.000Z
             */
            to: string;
            /**
             * @description What the counts were kept by
             * @enum {string}
             */
            resolution: "hour" | "day";
            /**
             * @example day
             * @enum {string}
             */
            groupBy: "hour" | "day" | "route" | "status" | "country" | "cause" | "key" | "product" | "api" | "secret" | "network" | "hour,route" | "hour,status" | "hour,country" | "hour,cause" | "hour,key" | "hour,product" | "hour,api" | "hour,secret" | "hour,network" | "day,route" | "day,status" | "day,country" | "day,cause" | "day,key" | "day,product" | "day,api" | "day,secret" | "day,network";
            /**
             * @description Of the whole range, whatever it is grouped by; errors are null with an apiId
             * @example {
             *       "requests": 88310,
             *       "clientErrors": 1204,
             *       "serverErrors": 3
             *     }
             */
            total: {
                requests: number;
                clientErrors: number | null;
                serverErrors: number | null;
            };
            /** @description Of routes, statuses and countries the most frequent, a thousand of each kind of key at most */
            groups: {
                /**
                 * @description The beginning of an hour or day, `METHOD route`, a status, a country (ISO 3166-1), the cause of a refusal, or the id of a key, product, API, secret or network
                 * @example 2026-11-22T00:00:00.000Z
                 */
                group: string;
                /** @description What of the second, where `groupBy` has two, such as `day,status` */
                subgroup?: string;
                /** @enum {string} */
                environment: "sandbox" | "live";
                /**
                 * @example secret
                 * @enum {string}
                 */
                keyType: "publishable" | "secret" | "subscription";
                /** @example 88310 */
                requests: number;
                /** @description 4xx; null by country, key, product, API, secret and network */
                clientErrors: number | null;
                /** @description 5xx; null by country, key, product, API, secret and network */
                serverErrors: number | null;
                /** @description At most 10 % off; null where groupBy is not hour or day */
                p50Milliseconds: number | null;
                /** @description At most 10 % off; null where groupBy is not hour or day */
                p99Milliseconds: number | null;
            }[];
            /** @description Of all tenants, or all of a product’s subscriptions, an answer sums up a part, up to a hundred of them; the sums of all parts are the whole. null after the last one */
            nextCursor: string | null;
        };
        /**
         * @example {
         *       "alertId": "alert_9zX7cV5bN3mA",
         *       "kind": "clientErrors",
         *       "tenantId": "tenant_acme",
         *       "state": "open",
         *       "subject": {
         *         "type": "apiKey",
         *         "id": "key_8sK2mQ4vXz1b"
         *       },
         *       "foundAt": "2026-11-22T12:00:00.000Z",
         *       "evidence": {
         *         "window": {
         *           "from": "2026-11-22T11:55:00.000Z",
         *           "to": "2026-11-22T12:00:00.000Z"
         *         },
         *         "measured": 412,
         *         "threshold": 100,
         *         "usual": 3,
         *         "counts": {
         *           "403": 412
         *         },
         *         "networks": [
         *           "203.0.113.0/24"
         *         ],
         *         "countries": [
         *           "DE"
         *         ],
         *         "keyIds": [
         *           "key_8sK2mQ4vXz1b"
         *         ],
         *         "requestIds": [
         *           "JKJaXmPLvHcESHA="
         *         ]
         *       },
         *       "suggestion": "Many 403 or 404 can be somebody trying what the key opens: compare the networks with those the owner knows, and rotate the key if they are other ones. Many 400 or 422 are a broken client: tell its owner.",
         *       "acknowledgedBy": null,
         *       "acknowledgedAt": null,
         *       "note": null,
         *       "assignedTo": null,
         *       "snoozedUntil": null
         *     }
         */
        Alert: {
            /** @example alert_9zX7cV5bN3mA */
            alertId: string;
            /** @enum {string} */
            kind: "networkAuthFailures" | "keyAuthFailures" | "clientErrors" | "rateLimitExceeded" | "requestSpike" | "newCountry" | "impossibleTravel" | "oldSecretInUse";
            /** @description Null for what concerns no one tenant */
            tenantId: string | null;
            subject: {
                /** @enum {string} */
                type: "apiKey" | "subscription" | "network";
                id: string;
            };
            /** @enum {string} */
            state: "open" | "acknowledged";
            /**
             * Format: date-time
             * @example 2026-11-22T12:00:00.000Z
             */
            foundAt: string;
            /** @description As it was when the threshold was reached */
            evidence: {
                window: {
                    /**
                     * Format: date-time
                     * @example 2026-11-22T12:00:00.000Z
                     */
                    from: string;
                    /**
                     * Format: date-time
                     * @example 2026-11-22T12:00:00.000Z
                     */
                    to: string;
                };
                /** @description Requests, failures, or minutes between two places */
                measured: number;
                threshold: number;
                /** @description What the key usually comes to, where known */
                usual: number | null;
                counts: {
                    [key: string]: number;
                };
                networks: string[];
                countries: string[];
                /** @description Public ids of keys that were named */
                keyIds: string[];
                requestIds: string[];
            };
            /** @description What to do about it */
            suggestion: string;
            acknowledgedBy: string | null;
            acknowledgedAt: string | null;
            note: string | null;
            /** @description Who is to look at it, as it was assigned */
            assignedTo: string | null;
            /** @description Until then it is put off */
            snoozedUntil: string | null;
        };
        /**
         * @example {
         *       "valid": true,
         *       "code": "valid",
         *       "keyId": "key_8sK2mQ4vXz1b",
         *       "tenantId": "tenant_acme",
         *       "environment": "live",
         *       "keyType": "secret",
         *       "role": "reader",
         *       "permissions": [
         *         "*:read"
         *       ],
         *       "rateLimits": [
         *         {
         *           "limit": 600,
         *           "windowSeconds": 60,
         *           "remaining": 599,
         *           "resetSeconds": 60
         *         }
         *       ]
         *     }
         */
        Verification: {
            valid: boolean;
            /**
             * @description invalid_request: this request of several is wrong itself, and nobody was decided on
             * @enum {string}
             */
            code: "valid" | "invalid_request" | "authentication_failed" | "invalid_token" | "tenant_mismatch" | "environment_mismatch" | "insufficient_permissions" | "subscription_not_active" | "product_not_subscribed" | "network_not_allowed" | "origin_not_allowed" | "rate_limit_exceeded" | "quota_exceeded" | "authorizer_unavailable";
            /** @description Why it was refused, more exactly than callers may be told */
            cause?: string;
            /** @description The field of an invalid request that is wrong */
            param?: string;
            /** @description What is wrong with an invalid request */
            message?: string;
            keyId?: string;
            /** @example tenant_acme */
            tenantId?: string;
            /** @enum {string} */
            environment?: "sandbox" | "live";
            /** @enum {string} */
            keyType?: "publishable" | "secret" | "subscription";
            role?: string;
            permissions?: string[];
            subscriptionId?: string;
            productId?: string;
            slot?: string;
            oauthClientId?: string;
            rateLimits?: {
                limit: number;
                /** @description Of a rate limit */
                windowSeconds?: number;
                /**
                 * @description Of a quota
                 * @enum {string}
                 */
                period?: "day" | "month";
                remaining: number;
                /** @description Until the window ends */
                resetSeconds: number;
            }[];
            retryAfterSeconds?: number;
            /** @description What to answer a refused caller */
            answer?: {
                status: number;
                headers: {
                    [key: string]: string;
                };
                body: {
                    [key: string]: unknown;
                };
            };
        };
        Discovery: {
            /**
             * @description Of the access tokens; its discovery document lies below it
             * @example https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_AbCdEfGhI
             */
            issuer: string;
            /**
             * @description Whom the command signs people in as; null where nobody said
             * @example 4qk2v0h8m1n6c3x9b7z5l0p2r4
             */
            clientId: string | null;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    getMe: {
        parameters: {
            query?: {
                tenantId?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
        };
    };
    listMySessions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "sessionId": "session_9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                     *           "startedAt": "2026-11-22T12:00:00.000Z",
                     *           "lastSeenAt": "2026-11-22T12:00:00.000Z",
                     *           "endsAt": "2026-11-22T12:00:00.000Z",
                     *           "ip": "203.0.113.7",
                     *           "userAgent": "Mozilla/5.0 (X11; Linux x86_64)",
                     *           "mfa": false,
                     *           "current": false
                     *         }
                     *       ],
                     *       "nextCursor": null
                     *     }
                     */
                    "application/json": {
                        items: components["schemas"]["Session"][];
                        nextCursor: string | null;
                    };
                };
            };
        };
    };
    endMySession: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The ETag of what is changed, as it was read: where somebody changed it since, the answer is 412 and nothing is done. * where it only has to be there
                 * @example "r3"
                 */
                "If-Match"?: string;
            };
            path: {
                sessionId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    getNotifications: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Notifications"];
                };
            };
        };
    };
    putNotifications: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The ETag of what is changed, as it was read: where somebody changed it since, the answer is 412 and nothing is done. * where it only has to be there
                 * @example "r3"
                 */
                "If-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "approvals": "mail",
                 *       "decisions": "mail",
                 *       "expiring": "mail",
                 *       "leaked": "mail",
                 *       "newNetwork": "mail"
                 *     }
                 */
                "application/json": {
                    /**
                     * @description What waits for a decision of yours, at once
                     * @enum {string}
                     */
                    approvals: "mail" | "off";
                    /**
                     * @description What was decided on what you asked for, at once
                     * @enum {string}
                     */
                    decisions: "mail" | "off";
                    /**
                     * @description Ends of keys 14 and 7 days ahead in the daily digest, the last day at once
                     * @enum {string}
                     */
                    expiring: "mail" | "off";
                    /**
                     * @description Keys that strangers hold, at once
                     * @enum {string}
                     */
                    leaked: "mail" | "off";
                    /**
                     * @description Keys that were used from a new network, in the daily digest
                     * @enum {string}
                     */
                    newNetwork: "mail" | "off";
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Notifications"];
                };
            };
        };
    };
    leaveTenant: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The ETag of what is changed, as it was read: where somebody changed it since, the answer is 412 and nothing is done. * where it only has to be there
                 * @example "r3"
                 */
                "If-Match"?: string;
            };
            path: {
                tenantId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    listMembers: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path: {
                tenantId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "sub": "5e9c4a5e-1f2b-4c3d-8e9f-0a1b2c3d4e5f",
                     *           "email": "grace@example.com",
                     *           "role": "developer",
                     *           "joinedAt": "2026-11-22T12:00:00.000Z",
                     *           "invitedBy": "5e9c4a5e-1f2b-4c3d-8e9f-0a1b2c3d4e5f"
                     *         }
                     *       ],
                     *       "nextCursor": null
                     *     }
                     */
                    "application/json": {
                        items: components["schemas"]["Member"][];
                        nextCursor: string | null;
                    };
                };
            };
        };
    };
    removeMember: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The ETag of what is changed, as it was read: where somebody changed it since, the answer is 412 and nothing is done. * where it only has to be there
                 * @example "r3"
                 */
                "If-Match"?: string;
            };
            path: {
                tenantId: string;
                sub: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    updateMember: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The ETag of what is changed, as it was read: where somebody changed it since, the answer is 412 and nothing is done. * where it only has to be there
                 * @example "r3"
                 */
                "If-Match"?: string;
            };
            path: {
                tenantId: string;
                sub: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "role": "developer"
                 *     }
                 */
                "application/json": {
                    /**
                     * @example developer
                     * @enum {string}
                     */
                    role: "admin" | "developer" | "auditor";
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Member"];
                };
            };
            /** @description Nothing was changed: the tenant wants a second admin to approve this first */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "approval": {
                     *         "approvalId": "apr_1aB3cD5eF7gH",
                     *         "tenantId": "tenant_acme",
                     *         "operation": "revokeKey",
                     *         "subject": {
                     *           "type": "apiKey",
                     *           "id": "key_8sK2mQ4vXz1b"
                     *         },
                     *         "body": {
                     *           "reason": "Not used any more"
                     *         },
                     *         "requestedBy": "5e9c4a5e-1f2b-4c3d-8e9f-0a1b2c3d4e5f",
                     *         "requestedByName": "grace@example.com",
                     *         "requestedAt": "2026-11-22T12:00:00.000Z",
                     *         "expiresAt": "2026-11-22T12:00:00.000Z",
                     *         "state": "pending",
                     *         "decidedBy": null,
                     *         "decidedByName": null,
                     *         "decidedAt": null,
                     *         "reason": null,
                     *         "carriedOut": false,
                     *         "failure": null
                     *       }
                     *     }
                     */
                    "application/json": {
                        approval: components["schemas"]["Approval"];
                    };
                };
            };
        };
    };
    listMemberSessions: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                tenantId: string;
                sub: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "sessionId": "session_9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                     *           "startedAt": "2026-11-22T12:00:00.000Z",
                     *           "lastSeenAt": "2026-11-22T12:00:00.000Z",
                     *           "endsAt": "2026-11-22T12:00:00.000Z",
                     *           "ip": "203.0.113.7",
                     *           "userAgent": "Mozilla/5.0 (X11; Linux x86_64)",
                     *           "mfa": false,
                     *           "current": false
                     *         }
                     *       ],
                     *       "nextCursor": null
                     *     }
                     */
                    "application/json": {
                        items: components["schemas"]["Session"][];
                        nextCursor: string | null;
                    };
                };
            };
        };
    };
    endMemberSession: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The ETag of what is changed, as it was read: where somebody changed it since, the answer is 412 and nothing is done. * where it only has to be there
                 * @example "r3"
                 */
                "If-Match"?: string;
            };
            path: {
                tenantId: string;
                sub: string;
                sessionId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    listInvitations: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path: {
                tenantId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "invitationId": "inv_6yT4rE2wQ8uI",
                     *           "email": "grace@example.com",
                     *           "role": "developer",
                     *           "note": null,
                     *           "createdAt": "2026-11-22T12:00:00.000Z",
                     *           "createdBy": "5e9c4a5e-1f2b-4c3d-8e9f-0a1b2c3d4e5f",
                     *           "createdByName": "grace@example.com",
                     *           "expiresAt": "2026-11-22T12:00:00.000Z"
                     *         }
                     *       ],
                     *       "nextCursor": null
                     *     }
                     */
                    "application/json": {
                        items: components["schemas"]["Invitation"][];
                        nextCursor: string | null;
                    };
                };
            };
        };
    };
    createInvitation: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Makes the request safe to repeat: a repeat with the same body does nothing, and answers with what the first one made or changed, as it is by now and without any secret. Its header Idempotent-Replayed is true; where the first answer showed a secret, Keywright-Notice says how to go on
                 * @example 01JD8Z2M4C-create-billing
                 */
                "Idempotency-Key"?: string;
            };
            path: {
                tenantId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "email": "grace@example.com",
                 *       "role": "developer"
                 *     }
                 */
                "application/json": {
                    /**
                     * Format: email
                     * @example grace@example.com
                     */
                    email: string;
                    /**
                     * @example developer
                     * @enum {string}
                     */
                    role: "admin" | "developer" | "auditor";
                    /** @description For whoever reads the list of invitations */
                    note?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "invitation": {
                     *         "invitationId": "inv_6yT4rE2wQ8uI",
                     *         "email": "grace@example.com",
                     *         "role": "developer",
                     *         "note": null,
                     *         "createdAt": "2026-11-22T12:00:00.000Z",
                     *         "createdBy": "5e9c4a5e-1f2b-4c3d-8e9f-0a1b2c3d4e5f",
                     *         "createdByName": "grace@example.com",
                     *         "expiresAt": "2026-11-22T12:00:00.000Z"
                     *       },
                     *       "token": "q0NrTgvb2JtYhX5c1KzWm8LpRs7UdEy4FoAi6HnVx3Q",
                     *       "link": "https://keys.example.com/invitations#token=q0NrTgvb2JtYhX5c1KzWm8LpRs7UdEy4FoAi6HnVx3Q"
                     *     }
                     */
                    "application/json": {
                        invitation: components["schemas"]["Invitation"];
                        /**
                         * @description For who was invited, to accept it with: shown this once. Absent where invitations are mailed, and in the answer to a repeat
                         * @example q0NrTgvb2JtYhX5c1KzWm8LpRs7UdEy4FoAi6HnVx3Q
                         */
                        token?: string;
                        /**
                         * @description The page of the portal that accepts it, to be sent; absent with the token
                         * @example https://keys.example.com/invitations#token=q0NrTgvb2JtYhX5c1KzWm8LpRs7UdEy4FoAi6HnVx3Q
                         */
                        link?: string;
                    };
                };
            };
            /** @description Nothing was changed: the tenant wants a second admin to approve this first */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "approval": {
                     *         "approvalId": "apr_1aB3cD5eF7gH",
                     *         "tenantId": "tenant_acme",
                     *         "operation": "revokeKey",
                     *         "subject": {
                     *           "type": "apiKey",
                     *           "id": "key_8sK2mQ4vXz1b"
                     *         },
                     *         "body": {
                     *           "reason": "Not used any more"
                     *         },
                     *         "requestedBy": "5e9c4a5e-1f2b-4c3d-8e9f-0a1b2c3d4e5f",
                     *         "requestedByName": "grace@example.com",
                     *         "requestedAt": "2026-11-22T12:00:00.000Z",
                     *         "expiresAt": "2026-11-22T12:00:00.000Z",
                     *         "state": "pending",
                     *         "decidedBy": null,
                     *         "decidedByName": null,
                     *         "decidedAt": null,
                     *         "reason": null,
                     *         "carriedOut": false,
                     *         "failure": null
                     *       }
                     *     }
                     */
                    "application/json": {
                        approval: components["schemas"]["Approval"];
                    };
                };
            };
        };
    };
    importInvitations: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                tenantId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "rows": [
                 *         {
                 *           "email": "grace@example.com",
                 *           "role": "developer"
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": {
                    rows: ({
                        /**
                         * Format: email
                         * @example grace@example.com
                         */
                        email: string;
                        /**
                         * @example developer
                         * @enum {string}
                         */
                        role: "admin" | "developer" | "auditor";
                        /** @description For whoever reads the list of invitations */
                        note?: string;
                    } | unknown)[];
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "results": [
                     *         {
                     *           "row": -9007199254740991,
                     *           "result": "invited",
                     *           "invitationId": "inv_6yT4rE2wQ8uI"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": {
                        results: {
                            /** @description Its place in the request, from 0 */
                            row: number;
                            /** @enum {string} */
                            result: "invited" | "waiting" | "exists" | "invalid" | "refused" | "pending";
                            /** @example inv_6yT4rE2wQ8uI */
                            invitationId?: string;
                            token?: string;
                            link?: string;
                            /** @description Of what waits for a second admin */
                            approvalId?: string;
                            /** @description The field that is wrong */
                            param?: string;
                            /** @description Why not */
                            message?: string;
                        }[];
                    };
                };
            };
        };
    };
    deleteInvitation: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The ETag of what is changed, as it was read: where somebody changed it since, the answer is 412 and nothing is done. * where it only has to be there
                 * @example "r3"
                 */
                "If-Match"?: string;
            };
            path: {
                tenantId: string;
                invitationId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    acceptInvitation: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "token": "q0NrTgvb2JtYhX5c1KzWm8LpRs7UdEy4FoAi6HnVx3Q"
                 *     }
                 */
                "application/json": {
                    /** @example q0NrTgvb2JtYhX5c1KzWm8LpRs7UdEy4FoAi6HnVx3Q */
                    token: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "tenantId": "tenant_acme",
                     *       "member": {
                     *         "sub": "5e9c4a5e-1f2b-4c3d-8e9f-0a1b2c3d4e5f",
                     *         "email": "grace@example.com",
                     *         "role": "developer",
                     *         "joinedAt": "2026-11-22T12:00:00.000Z",
                     *         "invitedBy": "5e9c4a5e-1f2b-4c3d-8e9f-0a1b2c3d4e5f"
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @example tenant_acme */
                        tenantId: string;
                        member: components["schemas"]["Member"];
                    };
                };
            };
        };
    };
    listSignUps: {
        parameters: {
            query?: {
                state?: "pending" | "approved" | "rejected";
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "signUpId": "signup_3kJ5hG7fD9sA",
                     *           "email": "grace@example.com",
                     *           "company": "Acme",
                     *           "use": "The checkout of the web shop",
                     *           "state": "pending",
                     *           "createdAt": "2026-11-22T12:00:00.000Z",
                     *           "requestedAt": "2026-11-22T12:00:00.000Z",
                     *           "decidedAt": null,
                     *           "decidedBy": null,
                     *           "reason": null,
                     *           "tenantId": null
                     *         }
                     *       ],
                     *       "nextCursor": null
                     *     }
                     */
                    "application/json": {
                        items: components["schemas"]["SignUp"][];
                        nextCursor: string | null;
                    };
                };
            };
        };
    };
    createSignUp: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "company": "Acme",
                 *       "use": "The checkout of the web shop"
                 *     }
                 */
                "application/json": {
                    /**
                     * @description Required where an admin is asked; otherwise what a tenant of one’s own is called
                     * @example Acme
                     */
                    company?: string;
                    /**
                     * @description What for; required where an admin is asked, and only then kept
                     * @example The checkout of the web shop
                     */
                    use?: string;
                };
            };
        };
        responses: {
            /** @description You are in already: the same sign-up */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignUp"];
                };
            };
            /** @description Done */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignUp"];
                };
            };
        };
    };
    approveSignUp: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                signUpId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "tenantId": "tenant_acme",
                 *       "newTenantName": "Acme"
                 *     }
                 */
                "application/json": {
                    /** @example tenant_acme */
                    tenantId: string;
                    /**
                     * @description Makes the tenant, under this name, if there is none
                     * @example Acme
                     */
                    newTenantName?: string;
                    /**
                     * @default developer
                     * @enum {string}
                     */
                    role?: "developer" | "auditor";
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignUp"];
                };
            };
        };
    };
    rejectSignUp: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                signUpId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "reason": "Asked for by the owner of the service"
                 *     }
                 */
                "application/json": {
                    /** @example Asked for by the owner of the service */
                    reason: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignUp"];
                };
            };
        };
    };
    listTenants: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "tenantId": "tenant_acme",
                     *           "name": "Acme",
                     *           "status": "active",
                     *           "sandboxOnly": false,
                     *           "settings": {
                     *             "requireApproval": false,
                     *             "leakResponse": "revoke"
                     *           },
                     *           "createdAt": "2026-11-22T12:00:00.000Z"
                     *         }
                     *       ],
                     *       "nextCursor": null
                     *     }
                     */
                    "application/json": {
                        items: components["schemas"]["Tenant"][];
                        nextCursor: string | null;
                    };
                };
            };
        };
    };
    createTenant: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Makes the request safe to repeat: a repeat with the same body does nothing, and answers with what the first one made or changed, as it is by now and without any secret. Its header Idempotent-Replayed is true; where the first answer showed a secret, Keywright-Notice says how to go on
                 * @example 01JD8Z2M4C-create-billing
                 */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "tenantId": "tenant_acme",
                 *       "name": "Acme"
                 *     }
                 */
                "application/json": {
                    /** @example tenant_acme */
                    tenantId?: string;
                    /** @example Acme */
                    name: string;
                    settings?: {
                        /** @description Whether operations on live keys wait for a second admin’s approval */
                        requireApproval?: boolean;
                        /**
                         * @description What is to be done with a key that is reported as leaked
                         * @enum {string}
                         */
                        leakResponse?: "revoke" | "notify";
                        /** @description By environment; one that is given is replaced whole, null takes it away */
                        keyPolicies?: {
                            sandbox?: {
                                /** @description The longest time from when a key’s newest secret was made to when the key ends */
                                maxLifetimeDays?: number;
                                expiryRequired?: boolean;
                                /** @description Whether secret keys have to be bound to networks */
                                cidrRequired?: boolean;
                                /** @description The longest overlap of a rotation */
                                maxOverlapSeconds?: number;
                                /** @description A key whose newest secret is older is out of policy */
                                rotateEveryDays?: number;
                            } | null;
                            live?: {
                                /** @description The longest time from when a key’s newest secret was made to when the key ends */
                                maxLifetimeDays?: number;
                                expiryRequired?: boolean;
                                /** @description Whether secret keys have to be bound to networks */
                                cidrRequired?: boolean;
                                /** @description The longest overlap of a rotation */
                                maxOverlapSeconds?: number;
                                /** @description A key whose newest secret is older is out of policy */
                                rotateEveryDays?: number;
                            } | null;
                        };
                    };
                };
            };
        };
        responses: {
            /** @description A repeat: the same tenant */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Tenant"];
                };
            };
            /** @description Done */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Tenant"];
                };
            };
        };
    };
    getTenant: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                tenantId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Tenant"];
                };
            };
        };
    };
    updateTenant: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The ETag of what is changed, as it was read: where somebody changed it since, the answer is 412 and nothing is done. * where it only has to be there
                 * @example "r3"
                 */
                "If-Match"?: string;
            };
            path: {
                tenantId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "Billing"
                 *     }
                 */
                "application/json": {
                    /** @example Billing */
                    name?: string;
                    /**
                     * @description `suspended` refuses all of its keys. Where that was said by somebody who acts for every tenant, nobody else says `active`
                     * @enum {string}
                     */
                    status?: "active" | "suspended";
                    settings?: {
                        /** @description Whether operations on live keys wait for a second admin’s approval */
                        requireApproval?: boolean;
                        /**
                         * @description What is to be done with a key that is reported as leaked
                         * @enum {string}
                         */
                        leakResponse?: "revoke" | "notify";
                        /** @description By environment; one that is given is replaced whole, null takes it away */
                        keyPolicies?: {
                            sandbox?: {
                                /** @description The longest time from when a key’s newest secret was made to when the key ends */
                                maxLifetimeDays?: number;
                                expiryRequired?: boolean;
                                /** @description Whether secret keys have to be bound to networks */
                                cidrRequired?: boolean;
                                /** @description The longest overlap of a rotation */
                                maxOverlapSeconds?: number;
                                /** @description A key whose newest secret is older is out of policy */
                                rotateEveryDays?: number;
                            } | null;
                            live?: {
                                /** @description The longest time from when a key’s newest secret was made to when the key ends */
                                maxLifetimeDays?: number;
                                expiryRequired?: boolean;
                                /** @description Whether secret keys have to be bound to networks */
                                cidrRequired?: boolean;
                                /** @description The longest overlap of a rotation */
                                maxOverlapSeconds?: number;
                                /** @description A key whose newest secret is older is out of policy */
                                rotateEveryDays?: number;
                            } | null;
                        };
                    };
                    /**
                     * @description Lets a tenant that came by signing up have what is live, for good; of people who act for every tenant alone
                     * @constant
                     */
                    sandboxOnly?: false;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Tenant"];
                };
            };
            /** @description Nothing was changed: the tenant wants a second admin to approve this first */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "approval": {
                     *         "approvalId": "apr_1aB3cD5eF7gH",
                     *         "tenantId": "tenant_acme",
                     *         "operation": "revokeKey",
                     *         "subject": {
                     *           "type": "apiKey",
                     *           "id": "key_8sK2mQ4vXz1b"
                     *         },
                     *         "body": {
                     *           "reason": "Not used any more"
                     *         },
                     *         "requestedBy": "5e9c4a5e-1f2b-4c3d-8e9f-0a1b2c3d4e5f",
                     *         "requestedByName": "grace@example.com",
                     *         "requestedAt": "2026-11-22T12:00:00.000Z",
                     *         "expiresAt": "2026-11-22T12:00:00.000Z",
                     *         "state": "pending",
                     *         "decidedBy": null,
                     *         "decidedByName": null,
                     *         "decidedAt": null,
                     *         "reason": null,
                     *         "carriedOut": false,
                     *         "failure": null
                     *       }
                     *     }
                     */
                    "application/json": {
                        approval: components["schemas"]["Approval"];
                    };
                };
            };
        };
    };
    listRoles: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path: {
                tenantId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "role": "reader",
                     *           "permissions": [
                     *             "orders:read"
                     *           ],
                     *           "description": "What the shop needs"
                     *         }
                     *       ],
                     *       "nextCursor": null
                     *     }
                     */
                    "application/json": {
                        items: components["schemas"]["Role"][];
                        nextCursor: string | null;
                    };
                };
            };
        };
    };
    getRole: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                tenantId: string;
                role: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Role"];
                };
            };
        };
    };
    putRole: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The ETag of what is changed, as it was read: where somebody changed it since, the answer is 412 and nothing is done. * where it only has to be there
                 * @example "r3"
                 */
                "If-Match"?: string;
            };
            path: {
                tenantId: string;
                role: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "permissions": [
                 *         "orders:read"
                 *       ],
                 *       "description": "What the shop needs"
                 *     }
                 */
                "application/json": {
                    permissions: string[];
                    /**
                     * @default
                     * @example What the shop needs
                     */
                    description?: string;
                    /** @description That keys which still have the name of a role that was taken away are meant to get this one. Without it the answer is 409 and says how many there are */
                    wakesKeys?: boolean;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Role"];
                };
            };
            /** @description Nothing was changed: the tenant wants a second admin to approve this first */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "approval": {
                     *         "approvalId": "apr_1aB3cD5eF7gH",
                     *         "tenantId": "tenant_acme",
                     *         "operation": "revokeKey",
                     *         "subject": {
                     *           "type": "apiKey",
                     *           "id": "key_8sK2mQ4vXz1b"
                     *         },
                     *         "body": {
                     *           "reason": "Not used any more"
                     *         },
                     *         "requestedBy": "5e9c4a5e-1f2b-4c3d-8e9f-0a1b2c3d4e5f",
                     *         "requestedByName": "grace@example.com",
                     *         "requestedAt": "2026-11-22T12:00:00.000Z",
                     *         "expiresAt": "2026-11-22T12:00:00.000Z",
                     *         "state": "pending",
                     *         "decidedBy": null,
                     *         "decidedByName": null,
                     *         "decidedAt": null,
                     *         "reason": null,
                     *         "carriedOut": false,
                     *         "failure": null
                     *       }
                     *     }
                     */
                    "application/json": {
                        approval: components["schemas"]["Approval"];
                    };
                };
            };
        };
    };
    deleteRole: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The ETag of what is changed, as it was read: where somebody changed it since, the answer is 412 and nothing is done. * where it only has to be there
                 * @example "r3"
                 */
                "If-Match"?: string;
            };
            path: {
                tenantId: string;
                role: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Nothing was changed: the tenant wants a second admin to approve this first */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "approval": {
                     *         "approvalId": "apr_1aB3cD5eF7gH",
                     *         "tenantId": "tenant_acme",
                     *         "operation": "revokeKey",
                     *         "subject": {
                     *           "type": "apiKey",
                     *           "id": "key_8sK2mQ4vXz1b"
                     *         },
                     *         "body": {
                     *           "reason": "Not used any more"
                     *         },
                     *         "requestedBy": "5e9c4a5e-1f2b-4c3d-8e9f-0a1b2c3d4e5f",
                     *         "requestedByName": "grace@example.com",
                     *         "requestedAt": "2026-11-22T12:00:00.000Z",
                     *         "expiresAt": "2026-11-22T12:00:00.000Z",
                     *         "state": "pending",
                     *         "decidedBy": null,
                     *         "decidedByName": null,
                     *         "decidedAt": null,
                     *         "reason": null,
                     *         "carriedOut": false,
                     *         "failure": null
                     *       }
                     *     }
                     */
                    "application/json": {
                        approval: components["schemas"]["Approval"];
                    };
                };
            };
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    listKeys: {
        parameters: {
            query?: {
                status?: "active" | "disabled" | "revoked" | "expired";
                environment?: "sandbox" | "live";
                type?: "publishable" | "secret";
                role?: string;
                unusedSinceDays?: number;
                imported?: "used" | "unused" | "ended";
                outOfPolicy?: "true" | "false";
                inOverlap?: "true" | "false";
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path: {
                tenantId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "keyId": "key_8sK2mQ4vXz1b",
                     *           "tenantId": "tenant_acme",
                     *           "name": "Billing",
                     *           "type": "secret",
                     *           "environment": "sandbox",
                     *           "role": "reader",
                     *           "permissions": null,
                     *           "status": "active",
                     *           "createdAt": "2026-11-22T12:00:00.000Z",
                     *           "createdBy": "5e9c4a5e-1f2b-4c3d-8e9f-0a1b2c3d4e5f",
                     *           "createdByName": "grace@example.com",
                     *           "updatedAt": null,
                     *           "expiresAt": null,
                     *           "lastUsedAt": null,
                     *           "allowedCidrs": [
                     *             "203.0.113.0/24"
                     *           ],
                     *           "allowedOrigins": [],
                     *           "rateLimits": [
                     *             {
                     *               "limit": 600,
                     *               "windowSeconds": 60
                     *             }
                     *           ],
                     *           "metadata": {
                     *             "team": "billing"
                     *           },
                     *           "revokedAt": null,
                     *           "revokedBy": null,
                     *           "revokedByName": "grace@example.com",
                     *           "disabledAt": null,
                     *           "disabledBy": null,
                     *           "disabledByName": "grace@example.com",
                     *           "reason": null,
                     *           "secrets": [
                     *             {
                     *               "createdAt": "2026-11-22T12:00:00.000Z",
                     *               "expiresAt": null,
                     *               "lastUsedAt": null,
                     *               "hint": "28kj"
                     *             }
                     *           ],
                     *           "outOfPolicy": [],
                     *           "imported": null
                     *         }
                     *       ],
                     *       "nextCursor": null
                     *     }
                     */
                    "application/json": {
                        items: components["schemas"]["Key"][];
                        nextCursor: string | null;
                    };
                };
            };
        };
    };
    createKey: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Makes the request safe to repeat: a repeat with the same body does nothing, and answers with what the first one made or changed, as it is by now and without any secret. Its header Idempotent-Replayed is true; where the first answer showed a secret, Keywright-Notice says how to go on
                 * @example 01JD8Z2M4C-create-billing
                 */
                "Idempotency-Key"?: string;
            };
            path: {
                tenantId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "Billing",
                 *       "type": "secret",
                 *       "environment": "sandbox",
                 *       "role": "reader",
                 *       "expiresAt": "2027-02-28T12:00:00.000Z",
                 *       "allowedCidrs": [
                 *         "203.0.113.0/24"
                 *       ],
                 *       "allowedOrigins": [
                 *         "https://shop.example.com"
                 *       ],
                 *       "metadata": {
                 *         "team": "billing"
                 *       }
                 *     }
                 */
                "application/json": {
                    /** @example Billing */
                    name: string;
                    /**
                     * @example secret
                     * @enum {string}
                     */
                    type: "publishable" | "secret";
                    /** @enum {string} */
                    environment: "sandbox" | "live";
                    /** @example reader */
                    role: string;
                    /** @description Narrows the role’s permissions; null means all of the role’s */
                    permissions?: string[] | null;
                    /** @description When the key ends by itself; null for never */
                    expiresAt?: string | null;
                    /**
                     * @description Networks that the key may be used from; none for any
                     * @example [
                     *       "203.0.113.0/24"
                     *     ]
                     */
                    allowedCidrs?: string[];
                    /**
                     * @description Browser origins that the key may be used from; none for any
                     * @example [
                     *       "https://shop.example.com"
                     *     ]
                     */
                    allowedOrigins?: string[];
                    rateLimits?: {
                        /** @example 600 */
                        limit: number;
                        /** @example 60 */
                        windowSeconds: number;
                    }[];
                    /**
                     * @description Whatever the tenant wants to remember with the key; replaced whole
                     * @example {
                     *       "team": "billing"
                     *     }
                     */
                    metadata?: {
                        [key: string]: string;
                    };
                };
            };
        };
        responses: {
            /** @description A repeat: the record, and not the secret, which was shown in the first answer; the header Keywright-Notice says how to go on */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "key": {
                     *         "keyId": "key_8sK2mQ4vXz1b",
                     *         "tenantId": "tenant_acme",
                     *         "name": "Billing",
                     *         "type": "secret",
                     *         "environment": "sandbox",
                     *         "role": "reader",
                     *         "permissions": null,
                     *         "status": "active",
                     *         "createdAt": "2026-11-22T12:00:00.000Z",
                     *         "createdBy": "5e9c4a5e-1f2b-4c3d-8e9f-0a1b2c3d4e5f",
                     *         "createdByName": "grace@example.com",
                     *         "updatedAt": null,
                     *         "expiresAt": null,
                     *         "lastUsedAt": null,
                     *         "allowedCidrs": [
                     *           "203.0.113.0/24"
                     *         ],
                     *         "allowedOrigins": [],
                     *         "rateLimits": [
                     *           {
                     *             "limit": 600,
                     *             "windowSeconds": 60
                     *           }
                     *         ],
                     *         "metadata": {
                     *           "team": "billing"
                     *         },
                     *         "revokedAt": null,
                     *         "revokedBy": null,
                     *         "revokedByName": "grace@example.com",
                     *         "disabledAt": null,
                     *         "disabledBy": null,
                     *         "disabledByName": "grace@example.com",
                     *         "reason": null,
                     *         "secrets": [
                     *           {
                     *             "createdAt": "2026-11-22T12:00:00.000Z",
                     *             "expiresAt": null,
                     *             "lastUsedAt": null,
                     *             "hint": "28kj"
                     *           }
                     *         ],
                     *         "outOfPolicy": [],
                     *         "imported": null
                     *       }
                     *     }
                     */
                    "application/json": {
                        key: components["schemas"]["Key"];
                    };
                };
            };
            /** @description Done */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "key": {
                     *         "keyId": "key_8sK2mQ4vXz1b",
                     *         "tenantId": "tenant_acme",
                     *         "name": "Billing",
                     *         "type": "secret",
                     *         "environment": "sandbox",
                     *         "role": "reader",
                     *         "permissions": null,
                     *         "status": "active",
                     *         "createdAt": "2026-11-22T12:00:00.000Z",
                     *         "createdBy": "5e9c4a5e-1f2b-4c3d-8e9f-0a1b2c3d4e5f",
                     *         "createdByName": "grace@example.com",
                     *         "updatedAt": null,
                     *         "expiresAt": null,
                     *         "lastUsedAt": null,
                     *         "allowedCidrs": [
                     *           "203.0.113.0/24"
                     *         ],
                     *         "allowedOrigins": [],
                     *         "rateLimits": [
                     *           {
                     *             "limit": 600,
                     *             "windowSeconds": 60
                     *           }
                     *         ],
                     *         "metadata": {
                     *           "team": "billing"
                     *         },
                     *         "revokedAt": null,
                     *         "revokedBy": null,
                     *         "revokedByName": "grace@example.com",
                     *         "disabledAt": null,
                     *         "disabledBy": null,
                     *         "disabledByName": "grace@example.com",
                     *         "reason": null,
                     *         "secrets": [
                     *           {
                     *             "createdAt": "2026-11-22T12:00:00.000Z",
                     *             "expiresAt": null,
                     *             "lastUsedAt": null,
                     *             "hint": "28kj"
                     *           }
                     *         ],
                     *         "outOfPolicy": [],
                     *         "imported": null
                     *       },
                     *       "secret": "sk_live_8sK2mQ4vXz1b…28kj"
                     *     }
                     */
                    "application/json": {
                        key: components["schemas"]["Key"];
                        /**
                         * @description The whole key, shown this once
                         * @example sk_live_8sK2mQ4vXz1b…28kj
                         */
                        secret: string;
                    };
                };
            };
            /** @description Nothing was changed: the tenant wants a second admin to approve this first */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "approval": {
                     *         "approvalId": "apr_1aB3cD5eF7gH",
                     *         "tenantId": "tenant_acme",
                     *         "operation": "revokeKey",
                     *         "subject": {
                     *           "type": "apiKey",
                     *           "id": "key_8sK2mQ4vXz1b"
                     *         },
                     *         "body": {
                     *           "reason": "Not used any more"
                     *         },
                     *         "requestedBy": "5e9c4a5e-1f2b-4c3d-8e9f-0a1b2c3d4e5f",
                     *         "requestedByName": "grace@example.com",
                     *         "requestedAt": "2026-11-22T12:00:00.000Z",
                     *         "expiresAt": "2026-11-22T12:00:00.000Z",
                     *         "state": "pending",
                     *         "decidedBy": null,
                     *         "decidedByName": null,
                     *         "decidedAt": null,
                     *         "reason": null,
                     *         "carriedOut": false,
                     *         "failure": null
                     *       }
                     *     }
                     */
                    "application/json": {
                        approval: components["schemas"]["Approval"];
                    };
                };
            };
        };
    };
    getKeyImport: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                tenantId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Of those imported: used since, still unused, and ended without having been used */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "imported": 120,
                     *       "used": 96,
                     *       "unused": 22,
                     *       "ended": 2
                     *     }
                     */
                    "application/json": {
                        imported: number;
                        used: number;
                        unused: number;
                        ended: number;
                    };
                };
            };
        };
    };
    importKeys: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                tenantId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "rows": [
                 *         {
                 *           "name": "Billing",
                 *           "type": "secret",
                 *           "environment": "sandbox",
                 *           "role": "reader",
                 *           "expiresAt": "2027-02-28T12:00:00.000Z",
                 *           "allowedCidrs": [
                 *             "203.0.113.0/24"
                 *           ],
                 *           "allowedOrigins": [
                 *             "https://shop.example.com"
                 *           ],
                 *           "metadata": {
                 *             "team": "billing"
                 *           },
                 *           "key": "legacy-1f0c9a77b35e4d20"
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": {
                    rows: ({
                        /** @example Billing */
                        name: string;
                        /**
                         * @example secret
                         * @enum {string}
                         */
                        type: "publishable" | "secret";
                        /** @enum {string} */
                        environment: "sandbox" | "live";
                        /** @example reader */
                        role: string;
                        /** @description Narrows the role’s permissions; null means all of the role’s */
                        permissions?: string[] | null;
                        /** @description When the key ends by itself; null for never */
                        expiresAt?: string | null;
                        /**
                         * @description Networks that the key may be used from; none for any
                         * @example [
                         *       "203.0.113.0/24"
                         *     ]
                         */
                        allowedCidrs?: string[];
                        /**
                         * @description Browser origins that the key may be used from; none for any
                         * @example [
                         *       "https://shop.example.com"
                         *     ]
                         */
                        allowedOrigins?: string[];
                        rateLimits?: {
                            /** @example 600 */
                            limit: number;
                            /** @example 60 */
                            windowSeconds: number;
                        }[];
                        /**
                         * @description Whatever the tenant wants to remember with the key; replaced whole
                         * @example {
                         *       "team": "billing"
                         *     }
                         */
                        metadata?: {
                            [key: string]: string;
                        };
                        /** @example legacy-1f0c9a77b35e4d20 */
                        key?: string;
                        sha256?: string;
                    } | unknown)[];
                };
            };
        };
        responses: {
            /** @description A result for every row; send the same body again until none is pending */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "results": [
                     *         {
                     *           "row": -9007199254740991,
                     *           "result": "created",
                     *           "id": "key_8sK2mQ4vXz1b"
                     *         }
                     *       ],
                     *       "counts": {
                     *         "created": 1,
                     *         "exists": 0,
                     *         "invalid": 0,
                     *         "pending": 0
                     *       }
                     *     }
                     */
                    "application/json": {
                        results: {
                            /** @description Its place in the request, from 0 */
                            row: number;
                            /** @enum {string} */
                            result: "created" | "exists" | "invalid" | "pending";
                            /**
                             * @description Of what was created, or exists
                             * @example key_8sK2mQ4vXz1b
                             */
                            id?: string;
                            /** @description The field that is wrong */
                            param?: string;
                            /** @description What is wrong */
                            message?: string;
                        }[];
                        /**
                         * @example {
                         *       "created": 1,
                         *       "exists": 0,
                         *       "invalid": 0,
                         *       "pending": 0
                         *     }
                         */
                        counts: {
                            created: number;
                            exists: number;
                            invalid: number;
                            pending: number;
                        };
                    };
                };
            };
        };
    };
    releaseImport: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "key": "legacy-1f0c9a77b35e4d20"
                 *     }
                 */
                "application/json": {
                    /** @example legacy-1f0c9a77b35e4d20 */
                    key?: string;
                    sha256?: string;
                } & (unknown | unknown);
            };
        };
        responses: {
            /** @description The credential that the text led to, and its tenant */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "key_8sK2mQ4vXz1b",
                     *       "tenantId": "tenant_acme"
                     *     }
                     */
                    "application/json": {
                        /** @example key_8sK2mQ4vXz1b */
                        id: string;
                        /** @example tenant_acme */
                        tenantId: string;
                    };
                };
            };
        };
    };
    findKeys: {
        parameters: {
            query?: {
                q?: string;
                tenantId?: string;
                status?: "active" | "disabled" | "revoked" | "expired";
                environment?: "sandbox" | "live";
                type?: "publishable" | "secret";
                role?: string;
                expiresBefore?: string;
                unusedSinceDays?: number;
                outOfPolicy?: "true" | "false";
                inOverlap?: "true" | "false";
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "keyId": "key_8sK2mQ4vXz1b",
                     *           "tenantId": "tenant_acme",
                     *           "name": "Billing",
                     *           "type": "secret",
                     *           "environment": "sandbox",
                     *           "role": "reader",
                     *           "permissions": null,
                     *           "status": "active",
                     *           "createdAt": "2026-11-22T12:00:00.000Z",
                     *           "createdBy": "5e9c4a5e-1f2b-4c3d-8e9f-0a1b2c3d4e5f",
                     *           "createdByName": "grace@example.com",
                     *           "updatedAt": null,
                     *           "expiresAt": null,
                     *           "lastUsedAt": null,
                     *           "allowedCidrs": [
                     *             "203.0.113.0/24"
                     *           ],
                     *           "allowedOrigins": [],
                     *           "rateLimits": [
                     *             {
                     *               "limit": 600,
                     *               "windowSeconds": 60
                     *             }
                     *           ],
                     *           "metadata": {
                     *             "team": "billing"
                     *           },
                     *           "revokedAt": null,
                     *           "revokedBy": null,
                     *           "revokedByName": "grace@example.com",
                     *           "disabledAt": null,
                     *           "disabledBy": null,
                     *           "disabledByName": "grace@example.com",
                     *           "reason": null,
                     *           "secrets": [
                     *             {
                     *               "createdAt": "2026-11-22T12:00:00.000Z",
                     *               "expiresAt": null,
                     *               "lastUsedAt": null,
                     *               "hint": "28kj"
                     *             }
                     *           ],
                     *           "outOfPolicy": [],
                     *           "imported": null
                     *         }
                     *       ],
                     *       "nextCursor": null
                     *     }
                     */
                    "application/json": {
                        items: components["schemas"]["Key"][];
                        nextCursor: string | null;
                    };
                };
            };
        };
    };
    getKeyById: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                keyId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Key"];
                };
            };
        };
    };
    getKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                tenantId: string;
                keyId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Key"];
                };
            };
        };
    };
    updateKey: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The ETag of what is changed, as it was read: where somebody changed it since, the answer is 412 and nothing is done. * where it only has to be there
                 * @example "r3"
                 */
                "If-Match"?: string;
            };
            path: {
                tenantId: string;
                keyId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "Billing",
                 *       "role": "reader",
                 *       "expiresAt": "2027-02-28T12:00:00.000Z",
                 *       "allowedCidrs": [
                 *         "203.0.113.0/24"
                 *       ],
                 *       "allowedOrigins": [
                 *         "https://shop.example.com"
                 *       ],
                 *       "metadata": {
                 *         "team": "billing"
                 *       }
                 *     }
                 */
                "application/json": {
                    /** @example Billing */
                    name?: string;
                    /** @example reader */
                    role?: string;
                    /** @description Narrows the role’s permissions; null means all of the role’s */
                    permissions?: string[] | null;
                    /** @description When the key ends by itself; null for never */
                    expiresAt?: string | null;
                    /**
                     * @description Networks that the key may be used from; none for any
                     * @example [
                     *       "203.0.113.0/24"
                     *     ]
                     */
                    allowedCidrs?: string[];
                    /**
                     * @description Browser origins that the key may be used from; none for any
                     * @example [
                     *       "https://shop.example.com"
                     *     ]
                     */
                    allowedOrigins?: string[];
                    rateLimits?: {
                        /** @example 600 */
                        limit: number;
                        /** @example 60 */
                        windowSeconds: number;
                    }[];
                    /**
                     * @description Whatever the tenant wants to remember with the key; replaced whole
                     * @example {
                     *       "team": "billing"
                     *     }
                     */
                    metadata?: {
                        [key: string]: string;
                    };
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Key"];
                };
            };
            /** @description Nothing was changed: the tenant wants a second admin to approve this first */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "approval": {
                     *         "approvalId": "apr_1aB3cD5eF7gH",
                     *         "tenantId": "tenant_acme",
                     *         "operation": "revokeKey",
                     *         "subject": {
                     *           "type": "apiKey",
                     *           "id": "key_8sK2mQ4vXz1b"
                     *         },
                     *         "body": {
                     *           "reason": "Not used any more"
                     *         },
                     *         "requestedBy": "5e9c4a5e-1f2b-4c3d-8e9f-0a1b2c3d4e5f",
                     *         "requestedByName": "grace@example.com",
                     *         "requestedAt": "2026-11-22T12:00:00.000Z",
                     *         "expiresAt": "2026-11-22T12:00:00.000Z",
                     *         "state": "pending",
                     *         "decidedBy": null,
                     *         "decidedByName": null,
                     *         "decidedAt": null,
                     *         "reason": null,
                     *         "carriedOut": false,
                     *         "failure": null
                     *       }
                     *     }
                     */
                    "application/json": {
                        approval: components["schemas"]["Approval"];
                    };
                };
            };
        };
    };
    rotateKey: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Makes the request safe to repeat: a repeat with the same body does nothing, and answers with what the first one made or changed, as it is by now and without any secret. Its header Idempotent-Replayed is true; where the first answer showed a secret, Keywright-Notice says how to go on
                 * @example 01JD8Z2M4C-create-billing
                 */
                "Idempotency-Key"?: string;
                /**
                 * @description The ETag of what is changed, as it was read: where somebody changed it since, the answer is 412 and nothing is done. * where it only has to be there
                 * @example "r3"
                 */
                "If-Match"?: string;
            };
            path: {
                tenantId: string;
                keyId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "overlap": {
                 *         "untilQuietSeconds": 21600,
                 *         "atMostSeconds": 2592000
                 *       }
                 *     }
                 */
                "application/json": {
                    /** @description By default a day, or as long as the tenant’s key policy lets it, where there is no overlap */
                    overlapSeconds?: number;
                    /**
                     * @description In place of overlapSeconds: an overlap that ends by what logs show
                     * @example {
                     *       "untilQuietSeconds": 21600,
                     *       "atMostSeconds": 2592000
                     *     }
                     */
                    overlap?: {
                        /** @description The old secret ends once it was silent for so long, and the new one is in use */
                        untilQuietSeconds: number;
                        /** @description It ends then, whoever uses it still */
                        atMostSeconds: number;
                    };
                };
            };
        };
        responses: {
            /** @description The record and the secret; to a repeat the record alone */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "key": {
                     *         "keyId": "key_8sK2mQ4vXz1b",
                     *         "tenantId": "tenant_acme",
                     *         "name": "Billing",
                     *         "type": "secret",
                     *         "environment": "sandbox",
                     *         "role": "reader",
                     *         "permissions": null,
                     *         "status": "active",
                     *         "createdAt": "2026-11-22T12:00:00.000Z",
                     *         "createdBy": "5e9c4a5e-1f2b-4c3d-8e9f-0a1b2c3d4e5f",
                     *         "createdByName": "grace@example.com",
                     *         "updatedAt": null,
                     *         "expiresAt": null,
                     *         "lastUsedAt": null,
                     *         "allowedCidrs": [
                     *           "203.0.113.0/24"
                     *         ],
                     *         "allowedOrigins": [],
                     *         "rateLimits": [
                     *           {
                     *             "limit": 600,
                     *             "windowSeconds": 60
                     *           }
                     *         ],
                     *         "metadata": {
                     *           "team": "billing"
                     *         },
                     *         "revokedAt": null,
                     *         "revokedBy": null,
                     *         "revokedByName": "grace@example.com",
                     *         "disabledAt": null,
                     *         "disabledBy": null,
                     *         "disabledByName": "grace@example.com",
                     *         "reason": null,
                     *         "secrets": [
                     *           {
                     *             "createdAt": "2026-11-22T12:00:00.000Z",
                     *             "expiresAt": null,
                     *             "lastUsedAt": null,
                     *             "hint": "28kj"
                     *           }
                     *         ],
                     *         "outOfPolicy": [],
                     *         "imported": null
                     *       },
                     *       "secret": "sk_live_8sK2mQ4vXz1b…28kj"
                     *     }
                     */
                    "application/json": {
                        key: components["schemas"]["Key"];
                        /**
                         * @description The whole key, shown this once
                         * @example sk_live_8sK2mQ4vXz1b…28kj
                         */
                        secret: string;
                    } | {
                        key: components["schemas"]["Key"];
                    };
                };
            };
            /** @description Nothing was changed: the tenant wants a second admin to approve this first */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "approval": {
                     *         "approvalId": "apr_1aB3cD5eF7gH",
                     *         "tenantId": "tenant_acme",
                     *         "operation": "revokeKey",
                     *         "subject": {
                     *           "type": "apiKey",
                     *           "id": "key_8sK2mQ4vXz1b"
                     *         },
                     *         "body": {
                     *           "reason": "Not used any more"
                     *         },
                     *         "requestedBy": "5e9c4a5e-1f2b-4c3d-8e9f-0a1b2c3d4e5f",
                     *         "requestedByName": "grace@example.com",
                     *         "requestedAt": "2026-11-22T12:00:00.000Z",
                     *         "expiresAt": "2026-11-22T12:00:00.000Z",
                     *         "state": "pending",
                     *         "decidedBy": null,
                     *         "decidedByName": null,
                     *         "decidedAt": null,
                     *         "reason": null,
                     *         "carriedOut": false,
                     *         "failure": null
                     *       }
                     *     }
                     */
                    "application/json": {
                        approval: components["schemas"]["Approval"];
                    };
                };
            };
        };
    };
    endOverlap: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The ETag of what is changed, as it was read: where somebody changed it since, the answer is 412 and nothing is done. * where it only has to be there
                 * @example "r3"
                 */
                "If-Match"?: string;
            };
            path: {
                tenantId: string;
                keyId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /** @example {} */
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Key"];
                };
            };
            /** @description Nothing was changed: the tenant wants a second admin to approve this first */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "approval": {
                     *         "approvalId": "apr_1aB3cD5eF7gH",
                     *         "tenantId": "tenant_acme",
                     *         "operation": "revokeKey",
                     *         "subject": {
                     *           "type": "apiKey",
                     *           "id": "key_8sK2mQ4vXz1b"
                     *         },
                     *         "body": {
                     *           "reason": "Not used any more"
                     *         },
                     *         "requestedBy": "5e9c4a5e-1f2b-4c3d-8e9f-0a1b2c3d4e5f",
                     *         "requestedByName": "grace@example.com",
                     *         "requestedAt": "2026-11-22T12:00:00.000Z",
                     *         "expiresAt": "2026-11-22T12:00:00.000Z",
                     *         "state": "pending",
                     *         "decidedBy": null,
                     *         "decidedByName": null,
                     *         "decidedAt": null,
                     *         "reason": null,
                     *         "carriedOut": false,
                     *         "failure": null
                     *       }
                     *     }
                     */
                    "application/json": {
                        approval: components["schemas"]["Approval"];
                    };
                };
            };
        };
    };
    disableKey: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The ETag of what is changed, as it was read: where somebody changed it since, the answer is 412 and nothing is done. * where it only has to be there
                 * @example "r3"
                 */
                "If-Match"?: string;
            };
            path: {
                tenantId: string;
                keyId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "reason": "Asked for by the owner of the service"
                 *     }
                 */
                "application/json": {
                    /**
                     * @description Shown with the key, and kept in the audit log
                     * @example Asked for by the owner of the service
                     */
                    reason?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Key"];
                };
            };
        };
    };
    enableKey: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The ETag of what is changed, as it was read: where somebody changed it since, the answer is 412 and nothing is done. * where it only has to be there
                 * @example "r3"
                 */
                "If-Match"?: string;
            };
            path: {
                tenantId: string;
                keyId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /** @example {} */
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Key"];
                };
            };
            /** @description Nothing was changed: the tenant wants a second admin to approve this first */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "approval": {
                     *         "approvalId": "apr_1aB3cD5eF7gH",
                     *         "tenantId": "tenant_acme",
                     *         "operation": "revokeKey",
                     *         "subject": {
                     *           "type": "apiKey",
                     *           "id": "key_8sK2mQ4vXz1b"
                     *         },
                     *         "body": {
                     *           "reason": "Not used any more"
                     *         },
                     *         "requestedBy": "5e9c4a5e-1f2b-4c3d-8e9f-0a1b2c3d4e5f",
                     *         "requestedByName": "grace@example.com",
                     *         "requestedAt": "2026-11-22T12:00:00.000Z",
                     *         "expiresAt": "2026-11-22T12:00:00.000Z",
                     *         "state": "pending",
                     *         "decidedBy": null,
                     *         "decidedByName": null,
                     *         "decidedAt": null,
                     *         "reason": null,
                     *         "carriedOut": false,
                     *         "failure": null
                     *       }
                     *     }
                     */
                    "application/json": {
                        approval: components["schemas"]["Approval"];
                    };
                };
            };
        };
    };
    getKeyRotation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                tenantId: string;
                keyId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Whose program rotates it where it is stored; absent for nobody’s */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "principalArn": "arn:aws:iam::111122223333:role/RotateOrdersKey",
                     *       "maxOverlapSeconds": 86400
                     *     }
                     */
                    "application/json": {
                        /** @example arn:aws:iam::111122223333:role/RotateOrdersKey */
                        principalArn: string;
                        /** @example 86400 */
                        maxOverlapSeconds: number;
                    };
                };
            };
        };
    };
    putKeyRotation: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The ETag of what is changed, as it was read: where somebody changed it since, the answer is 412 and nothing is done. * where it only has to be there
                 * @example "r3"
                 */
                "If-Match"?: string;
            };
            path: {
                tenantId: string;
                keyId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "principalArn": "arn:aws:iam::111122223333:role/RotateOrdersKey"
                 *     }
                 */
                "application/json": {
                    /**
                     * @description Of AWS, in Keywright’s own account: a role (without its path, which sessions do not tell) or a user
                     * @example arn:aws:iam::111122223333:role/RotateOrdersKey
                     */
                    principalArn: string;
                    /** @default 86400 */
                    maxOverlapSeconds?: number;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Key"];
                };
            };
            /** @description Nothing was changed: the tenant wants a second admin to approve this first */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "approval": {
                     *         "approvalId": "apr_1aB3cD5eF7gH",
                     *         "tenantId": "tenant_acme",
                     *         "operation": "revokeKey",
                     *         "subject": {
                     *           "type": "apiKey",
                     *           "id": "key_8sK2mQ4vXz1b"
                     *         },
                     *         "body": {
                     *           "reason": "Not used any more"
                     *         },
                     *         "requestedBy": "5e9c4a5e-1f2b-4c3d-8e9f-0a1b2c3d4e5f",
                     *         "requestedByName": "grace@example.com",
                     *         "requestedAt": "2026-11-22T12:00:00.000Z",
                     *         "expiresAt": "2026-11-22T12:00:00.000Z",
                     *         "state": "pending",
                     *         "decidedBy": null,
                     *         "decidedByName": null,
                     *         "decidedAt": null,
                     *         "reason": null,
                     *         "carriedOut": false,
                     *         "failure": null
                     *       }
                     *     }
                     */
                    "application/json": {
                        approval: components["schemas"]["Approval"];
                    };
                };
            };
        };
    };
    deleteKeyRotation: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The ETag of what is changed, as it was read: where somebody changed it since, the answer is 412 and nothing is done. * where it only has to be there
                 * @example "r3"
                 */
                "If-Match"?: string;
            };
            path: {
                tenantId: string;
                keyId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    revokeKey: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The ETag of what is changed, as it was read: where somebody changed it since, the answer is 412 and nothing is done. * where it only has to be there
                 * @example "r3"
                 */
                "If-Match"?: string;
            };
            path: {
                tenantId: string;
                keyId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "reason": "Asked for by the owner of the service"
                 *     }
                 */
                "application/json": {
                    /**
                     * @description Shown with the key, and kept in the audit log
                     * @example Asked for by the owner of the service
                     */
                    reason?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Key"];
                };
            };
            /** @description Nothing was changed: the tenant wants a second admin to approve this first */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "approval": {
                     *         "approvalId": "apr_1aB3cD5eF7gH",
                     *         "tenantId": "tenant_acme",
                     *         "operation": "revokeKey",
                     *         "subject": {
                     *           "type": "apiKey",
                     *           "id": "key_8sK2mQ4vXz1b"
                     *         },
                     *         "body": {
                     *           "reason": "Not used any more"
                     *         },
                     *         "requestedBy": "5e9c4a5e-1f2b-4c3d-8e9f-0a1b2c3d4e5f",
                     *         "requestedByName": "grace@example.com",
                     *         "requestedAt": "2026-11-22T12:00:00.000Z",
                     *         "expiresAt": "2026-11-22T12:00:00.000Z",
                     *         "state": "pending",
                     *         "decidedBy": null,
                     *         "decidedByName": null,
                     *         "decidedAt": null,
                     *         "reason": null,
                     *         "carriedOut": false,
                     *         "failure": null
                     *       }
                     *     }
                     */
                    "application/json": {
                        approval: components["schemas"]["Approval"];
                    };
                };
            };
        };
    };
    listApis: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "apiId": "api_2Xq7LmB4tRz9",
                     *           "name": "payments",
                     *           "environment": "sandbox",
                     *           "scheme": "tenant",
                     *           "clientKeyRequired": false,
                     *           "routes": [
                     *             {
                     *               "method": "GET",
                     *               "path": "/v1/orders/{orderId}",
                     *               "permission": "orders:read",
                     *               "public": false
                     *             }
                     *           ],
                     *           "oauth": null,
                     *           "description": "Charges cards and refunds them",
                     *           "baseUrl": "https://api.example.com/payments",
                     *           "openapi": {
                     *             "title": "Payments",
                     *             "version": "1.4.0",
                     *             "operations": 12
                     *           }
                     *         }
                     *       ],
                     *       "nextCursor": null
                     *     }
                     */
                    "application/json": {
                        items: components["schemas"]["Api"][];
                        nextCursor: string | null;
                    };
                };
            };
        };
    };
    createApi: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Makes the request safe to repeat: a repeat with the same body does nothing, and answers with what the first one made or changed, as it is by now and without any secret. Its header Idempotent-Replayed is true; where the first answer showed a secret, Keywright-Notice says how to go on
                 * @example 01JD8Z2M4C-create-billing
                 */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "apiId": "api_2Xq7LmB4tRz9",
                 *       "name": "payments",
                 *       "environment": "sandbox",
                 *       "scheme": "tenant",
                 *       "routes": [
                 *         {
                 *           "method": "GET",
                 *           "path": "/v1/orders/{orderId}",
                 *           "permission": "orders:read",
                 *           "public": false
                 *         }
                 *       ],
                 *       "description": "Charges cards and refunds them",
                 *       "baseUrl": "https://api.example.com/payments"
                 *     }
                 */
                "application/json": {
                    /** @example api_2Xq7LmB4tRz9 */
                    apiId?: string;
                    /** @example payments */
                    name: string;
                    /** @enum {string} */
                    environment: "sandbox" | "live";
                    /** @enum {string} */
                    scheme: "tenant" | "subscription";
                    /** @description Whether callers must send the API’s client key as well */
                    clientKeyRequired?: boolean;
                    /**
                     * @example [
                     *       {
                     *         "method": "GET",
                     *         "path": "/v1/orders/{orderId}",
                     *         "permission": "orders:read",
                     *         "public": false
                     *       }
                     *     ]
                     */
                    routes?: {
                        /** @enum {string} */
                        method: "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS" | "ANY";
                        /** @example /v1/orders/{orderId} */
                        path: string;
                        /** @description Absent or null for the default rule’s */
                        permission?: string | null;
                        /**
                         * @description Whether publishable keys may read it
                         * @default false
                         */
                        public?: boolean;
                        /** @description Of an API with oauth: what the token must have besides requiredScopes, all of them */
                        scopes?: string[] | null;
                    }[];
                    /** @description The access token that callers must send as well; null for none */
                    oauth?: {
                        /**
                         * Format: uri
                         * @description iss of its tokens; its keys are found by OpenID Connect discovery
                         */
                        issuer: string;
                        audience: string;
                        /** @description All of them */
                        requiredScopes?: string[];
                        /** @description All of them */
                        requiredRoles?: string[];
                    } | null;
                    /**
                     * @description What it does, for whoever chooses an API
                     * @example Charges cards and refunds them
                     */
                    description?: string;
                    /**
                     * Format: uri
                     * @description Where callers reach it, before the paths of its routes
                     * @example https://api.example.com/payments
                     */
                    baseUrl?: string;
                };
            };
        };
        responses: {
            /** @description A repeat: the same API */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Api"];
                };
            };
            /** @description Done */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Api"];
                };
            };
        };
    };
    getApi: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                apiId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Api"];
                };
            };
        };
    };
    updateApi: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The ETag of what is changed, as it was read: where somebody changed it since, the answer is 412 and nothing is done. * where it only has to be there
                 * @example "r3"
                 */
                "If-Match"?: string;
            };
            path: {
                apiId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "payments",
                 *       "routes": [
                 *         {
                 *           "method": "GET",
                 *           "path": "/v1/orders/{orderId}",
                 *           "permission": "orders:read",
                 *           "public": false
                 *         }
                 *       ],
                 *       "description": "Charges cards and refunds them",
                 *       "baseUrl": "https://api.example.com/payments"
                 *     }
                 */
                "application/json": {
                    /** @example payments */
                    name?: string;
                    /**
                     * @example [
                     *       {
                     *         "method": "GET",
                     *         "path": "/v1/orders/{orderId}",
                     *         "permission": "orders:read",
                     *         "public": false
                     *       }
                     *     ]
                     */
                    routes?: {
                        /** @enum {string} */
                        method: "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS" | "ANY";
                        /** @example /v1/orders/{orderId} */
                        path: string;
                        /** @description Absent or null for the default rule’s */
                        permission?: string | null;
                        /**
                         * @description Whether publishable keys may read it
                         * @default false
                         */
                        public?: boolean;
                        /** @description Of an API with oauth: what the token must have besides requiredScopes, all of them */
                        scopes?: string[] | null;
                    }[];
                    /** @description Whether callers must send the API’s client key as well */
                    clientKeyRequired?: boolean;
                    /** @description The access token that callers must send as well; null for none */
                    oauth?: {
                        /**
                         * Format: uri
                         * @description iss of its tokens; its keys are found by OpenID Connect discovery
                         */
                        issuer: string;
                        audience: string;
                        /** @description All of them */
                        requiredScopes?: string[];
                        /** @description All of them */
                        requiredRoles?: string[];
                    } | null;
                    description?: string | null;
                    baseUrl?: string | null;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Api"];
                };
            };
        };
    };
    getApiOpenApi: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                apiId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description An OpenAPI document, 3.0 or 3.1, as JSON, with all that it refers to inside */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "openapi": "3.1.1",
                     *       "info": {
                     *         "title": "Orders",
                     *         "version": "1.4.0"
                     *       },
                     *       "paths": {
                     *         "/v1/orders": {
                     *           "get": {
                     *             "summary": "List orders",
                     *             "responses": {
                     *               "200": {
                     *                 "description": "Orders"
                     *               }
                     *             }
                     *           }
                     *         }
                     *       }
                     *     }
                     */
                    "application/json": {
                        openapi: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
        };
    };
    putApiOpenApi: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The ETag of what is changed, as it was read: where somebody changed it since, the answer is 412 and nothing is done. * where it only has to be there
                 * @example "r3"
                 */
                "If-Match"?: string;
            };
            path: {
                apiId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "openapi": "3.1.1",
                 *       "info": {
                 *         "title": "Orders",
                 *         "version": "1.4.0"
                 *       },
                 *       "paths": {
                 *         "/v1/orders": {
                 *           "get": {
                 *             "summary": "List orders",
                 *             "responses": {
                 *               "200": {
                 *                 "description": "Orders"
                 *               }
                 *             }
                 *           }
                 *         }
                 *       }
                 *     }
                 */
                "application/json": {
                    openapi: string;
                } & {
                    [key: string]: unknown;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Api"];
                };
            };
        };
    };
    revealClientKey: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The ETag of what is changed, as it was read: where somebody changed it since, the answer is 412 and nothing is done. * where it only has to be there
                 * @example "r3"
                 */
                "If-Match"?: string;
            };
            path: {
                apiId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /** @example {} */
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "clientKey": "ck_live_Hq3vB8nX1mZ6…h7Kp"
                     *     }
                     */
                    "application/json": {
                        /**
                         * @description The whole key
                         * @example ck_live_Hq3vB8nX1mZ6…h7Kp
                         */
                        clientKey: string;
                    };
                };
            };
        };
    };
    regenerateClientKey: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The ETag of what is changed, as it was read: where somebody changed it since, the answer is 412 and nothing is done. * where it only has to be there
                 * @example "r3"
                 */
                "If-Match"?: string;
            };
            path: {
                apiId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /** @example {} */
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "clientKey": "ck_live_Hq3vB8nX1mZ6…h7Kp"
                     *     }
                     */
                    "application/json": {
                        /**
                         * @description The whole key
                         * @example ck_live_Hq3vB8nX1mZ6…h7Kp
                         */
                        clientKey: string;
                    };
                };
            };
        };
    };
    publishClientKey: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The ETag of what is changed, as it was read: where somebody changed it since, the answer is 412 and nothing is done. * where it only has to be there
                 * @example "r3"
                 */
                "If-Match"?: string;
            };
            path: {
                apiId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /** @example {} */
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Api"];
                };
            };
        };
    };
    unpublishClientKey: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The ETag of what is changed, as it was read: where somebody changed it since, the answer is 412 and nothing is done. * where it only has to be there
                 * @example "r3"
                 */
                "If-Match"?: string;
            };
            path: {
                apiId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /** @example {} */
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Api"];
                };
            };
        };
    };
    listProducts: {
        parameters: {
            query?: {
                tenantId?: string;
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "productId": "prod_5hN3kL9pM2sD",
                     *           "name": "Payments",
                     *           "description": "Charge cards and refund them",
                     *           "environment": "sandbox",
                     *           "apiIds": [
                     *             "api_2Xq7LmB4tRz9"
                     *           ],
                     *           "apis": [
                     *             {
                     *               "apiId": "api_2Xq7LmB4tRz9",
                     *               "name": "payments",
                     *               "environment": "sandbox",
                     *               "operations": 12
                     *             }
                     *           ],
                     *           "requiresApproval": false,
                     *           "plan": {
                     *             "rateLimits": [
                     *               {
                     *                 "limit": 600,
                     *                 "windowSeconds": 60
                     *               }
                     *             ],
                     *             "quota": {
                     *               "limit": 100000,
                     *               "period": "month"
                     *             }
                     *           },
                     *           "visibility": "public",
                     *           "tenantIds": [],
                     *           "termsUrl": "https://example.com/terms",
                     *           "termsVersion": "2026-10",
                     *           "order": 10,
                     *           "subscription": {
                     *             "id": "sub_4fG8jK2lZ6xC",
                     *             "state": "active"
                     *           }
                     *         }
                     *       ],
                     *       "nextCursor": null
                     *     }
                     */
                    "application/json": {
                        items: components["schemas"]["ListedProduct"][];
                        nextCursor: string | null;
                    };
                };
            };
        };
    };
    createProduct: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Makes the request safe to repeat: a repeat with the same body does nothing, and answers with what the first one made or changed, as it is by now and without any secret. Its header Idempotent-Replayed is true; where the first answer showed a secret, Keywright-Notice says how to go on
                 * @example 01JD8Z2M4C-create-billing
                 */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "productId": "prod_5hN3kL9pM2sD",
                 *       "name": "Payments",
                 *       "description": "Charge cards and refund them",
                 *       "apiIds": [
                 *         "api_2Xq7LmB4tRz9"
                 *       ],
                 *       "plan": {
                 *         "rateLimits": [
                 *           {
                 *             "limit": 600,
                 *             "windowSeconds": 60
                 *           }
                 *         ],
                 *         "quota": {
                 *           "limit": 100000,
                 *           "period": "month"
                 *         }
                 *       },
                 *       "documentation": "# Payments\n\nCharge cards and refund them.",
                 *       "termsUrl": "https://example.com/terms",
                 *       "termsVersion": "2026-10"
                 *     }
                 */
                "application/json": {
                    /** @example prod_5hN3kL9pM2sD */
                    productId?: string;
                    /** @example Payments */
                    name: string;
                    /**
                     * @default
                     * @example Charge cards and refund them
                     */
                    description?: string;
                    /** @description APIs of one environment, which is then the product’s */
                    apiIds: string[];
                    /**
                     * @description Whether a subscription waits for an admin before it is active
                     * @default true
                     */
                    requiresApproval?: boolean;
                    /**
                     * @example {
                     *       "rateLimits": [
                     *         {
                     *           "limit": 600,
                     *           "windowSeconds": 60
                     *         }
                     *       ],
                     *       "quota": {
                     *         "limit": 100000,
                     *         "period": "month"
                     *       }
                     *     }
                     */
                    plan?: {
                        /** @default [] */
                        rateLimits?: {
                            /** @example 600 */
                            limit: number;
                            /** @example 60 */
                            windowSeconds: number;
                        }[];
                        /** @default null */
                        quota?: {
                            /** @example 100000 */
                            limit: number;
                            /**
                             * @description Of the calendar, in UTC
                             * @enum {string}
                             */
                            period: "day" | "month";
                        } | null;
                    };
                    /**
                     * @description Who sees it and may subscribe: everybody, the tenants of tenantIds, or operators alone, who subscribe others
                     * @enum {string}
                     */
                    visibility?: "public" | "tenants" | "hidden";
                    /** @description Whom a product for tenants is for */
                    tenantIds?: string[];
                    documentation?: string | null;
                    termsUrl?: string | null;
                    termsVersion?: string | null;
                    /** @description Its place in the catalogue: smaller ones first, then by name */
                    order?: number;
                };
            };
        };
        responses: {
            /** @description A repeat: the same product */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Product"];
                };
            };
            /** @description Done */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Product"];
                };
            };
        };
    };
    getCatalogue: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "productId": "prod_5hN3kL9pM2sD",
                     *           "name": "Payments",
                     *           "description": "Charge cards and refund them",
                     *           "environment": "sandbox",
                     *           "apiIds": [
                     *             "api_2Xq7LmB4tRz9"
                     *           ],
                     *           "apis": [
                     *             {
                     *               "apiId": "api_2Xq7LmB4tRz9",
                     *               "name": "payments",
                     *               "environment": "sandbox",
                     *               "operations": 12,
                     *               "clientKey": "ck_dev_Hq3vB8nX1mZ6…h7Kp"
                     *             }
                     *           ],
                     *           "requiresApproval": false,
                     *           "plan": {
                     *             "rateLimits": [
                     *               {
                     *                 "limit": 600,
                     *                 "windowSeconds": 60
                     *               }
                     *             ],
                     *             "quota": {
                     *               "limit": 100000,
                     *               "period": "month"
                     *             }
                     *           },
                     *           "visibility": "public",
                     *           "tenantIds": [],
                     *           "termsUrl": "https://example.com/terms",
                     *           "termsVersion": "2026-10",
                     *           "order": 10
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": {
                        items: components["schemas"]["PublicProduct"][];
                    };
                };
            };
        };
    };
    getProduct: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                productId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Product"];
                };
            };
        };
    };
    updateProduct: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The ETag of what is changed, as it was read: where somebody changed it since, the answer is 412 and nothing is done. * where it only has to be there
                 * @example "r3"
                 */
                "If-Match"?: string;
            };
            path: {
                productId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "Payments",
                 *       "description": "Charge cards and refund them",
                 *       "plan": {
                 *         "rateLimits": [
                 *           {
                 *             "limit": 600,
                 *             "windowSeconds": 60
                 *           }
                 *         ],
                 *         "quota": {
                 *           "limit": 100000,
                 *           "period": "month"
                 *         }
                 *       },
                 *       "documentation": "# Payments\n\nCharge cards and refund them.",
                 *       "termsUrl": "https://example.com/terms",
                 *       "termsVersion": "2026-10"
                 *     }
                 */
                "application/json": {
                    /** @example Payments */
                    name?: string;
                    /** @example Charge cards and refund them */
                    description?: string;
                    /** @description APIs of one environment, which is then the product’s */
                    apiIds?: string[];
                    /** @description Whether a subscription waits for an admin before it is active */
                    requiresApproval?: boolean;
                    /**
                     * @example {
                     *       "rateLimits": [
                     *         {
                     *           "limit": 600,
                     *           "windowSeconds": 60
                     *         }
                     *       ],
                     *       "quota": {
                     *         "limit": 100000,
                     *         "period": "month"
                     *       }
                     *     }
                     */
                    plan?: {
                        /** @default [] */
                        rateLimits?: {
                            /** @example 600 */
                            limit: number;
                            /** @example 60 */
                            windowSeconds: number;
                        }[];
                        /** @default null */
                        quota?: {
                            /** @example 100000 */
                            limit: number;
                            /**
                             * @description Of the calendar, in UTC
                             * @enum {string}
                             */
                            period: "day" | "month";
                        } | null;
                    };
                    /**
                     * @description Who sees it and may subscribe: everybody, the tenants of tenantIds, or operators alone, who subscribe others
                     * @enum {string}
                     */
                    visibility?: "public" | "tenants" | "hidden";
                    /** @description Whom a product for tenants is for */
                    tenantIds?: string[];
                    documentation?: string | null;
                    termsUrl?: string | null;
                    termsVersion?: string | null;
                    /** @description Its place in the catalogue: smaller ones first, then by name */
                    order?: number;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Product"];
                };
            };
        };
    };
    listSubscriptions: {
        parameters: {
            query?: {
                tenantId?: string;
                productId?: string;
                state?: "pending" | "active" | "suspended" | "cancelled" | "rejected";
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "subscriptionId": "sub_4fG8jK2lZ6xC",
                     *           "tenantId": "tenant_acme",
                     *           "tenantName": "Acme",
                     *           "productId": "prod_5hN3kL9pM2sD",
                     *           "productName": "Payments",
                     *           "name": "Billing",
                     *           "environment": "sandbox",
                     *           "state": "active",
                     *           "createdAt": "2026-11-22T12:00:00.000Z",
                     *           "createdBy": "5e9c4a5e-1f2b-4c3d-8e9f-0a1b2c3d4e5f",
                     *           "createdByName": "grace@example.com",
                     *           "use": null,
                     *           "termsVersion": null,
                     *           "decidedAt": null,
                     *           "decidedByName": null,
                     *           "reason": null,
                     *           "withdrawn": false,
                     *           "limits": null,
                     *           "slots": {
                     *             "primary": {
                     *               "createdAt": "2026-11-22T12:00:00.000Z",
                     *               "lastUsedAt": null,
                     *               "hint": "Zq7w",
                     *               "leakedAt": "2026-11-22T12:00:00.000Z"
                     *             },
                     *             "secondary": {
                     *               "createdAt": "2026-11-22T12:00:00.000Z",
                     *               "lastUsedAt": null,
                     *               "hint": "Zq7w",
                     *               "leakedAt": "2026-11-22T12:00:00.000Z"
                     *             }
                     *           },
                     *           "oauthClientIds": null,
                     *           "imported": null
                     *         }
                     *       ],
                     *       "nextCursor": null
                     *     }
                     */
                    "application/json": {
                        items: components["schemas"]["Subscription"][];
                        nextCursor: string | null;
                    };
                };
            };
        };
    };
    createSubscription: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Makes the request safe to repeat: a repeat with the same body does nothing, and answers with what the first one made or changed, as it is by now and without any secret. Its header Idempotent-Replayed is true; where the first answer showed a secret, Keywright-Notice says how to go on
                 * @example 01JD8Z2M4C-create-billing
                 */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "tenantId": "tenant_acme",
                 *       "productId": "prod_5hN3kL9pM2sD",
                 *       "name": "Billing",
                 *       "use": "The checkout of the web shop",
                 *       "termsVersion": "2026-10"
                 *     }
                 */
                "application/json": {
                    /** @example tenant_acme */
                    tenantId: string;
                    /** @example prod_5hN3kL9pM2sD */
                    productId: string;
                    /** @example Billing */
                    name: string;
                    /**
                     * @description What it is for; whoever decides on it reads this
                     * @example The checkout of the web shop
                     */
                    use?: string;
                    /**
                     * @description The version of the product’s terms, where it has any: whoever sends it accepts them
                     * @example 2026-10
                     */
                    termsVersion?: string;
                    /** @description OAuth clients whose tokens may come with its keys; null for any */
                    oauthClientIds?: string[] | null;
                };
            };
        };
        responses: {
            /** @description A repeat: the same subscription */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Subscription"];
                };
            };
            /** @description Done */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Subscription"];
                };
            };
            /** @description Nothing was changed: the tenant wants a second admin to approve this first */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "approval": {
                     *         "approvalId": "apr_1aB3cD5eF7gH",
                     *         "tenantId": "tenant_acme",
                     *         "operation": "revokeKey",
                     *         "subject": {
                     *           "type": "apiKey",
                     *           "id": "key_8sK2mQ4vXz1b"
                     *         },
                     *         "body": {
                     *           "reason": "Not used any more"
                     *         },
                     *         "requestedBy": "5e9c4a5e-1f2b-4c3d-8e9f-0a1b2c3d4e5f",
                     *         "requestedByName": "grace@example.com",
                     *         "requestedAt": "2026-11-22T12:00:00.000Z",
                     *         "expiresAt": "2026-11-22T12:00:00.000Z",
                     *         "state": "pending",
                     *         "decidedBy": null,
                     *         "decidedByName": null,
                     *         "decidedAt": null,
                     *         "reason": null,
                     *         "carriedOut": false,
                     *         "failure": null
                     *       }
                     *     }
                     */
                    "application/json": {
                        approval: components["schemas"]["Approval"];
                    };
                };
            };
        };
    };
    getSubscriptionImport: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                tenantId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Of those imported: used since, still unused, and ended without having been used */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "imported": 120,
                     *       "used": 96,
                     *       "unused": 22,
                     *       "ended": 2
                     *     }
                     */
                    "application/json": {
                        imported: number;
                        used: number;
                        unused: number;
                        ended: number;
                    };
                };
            };
        };
    };
    importSubscriptions: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                tenantId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "rows": [
                 *         {
                 *           "productId": "prod_5hN3kL9pM2sD",
                 *           "name": "Billing",
                 *           "primary": {
                 *             "key": "legacy-1f0c9a77b35e4d20"
                 *           }
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": {
                    rows: ({
                        /** @example prod_5hN3kL9pM2sD */
                        productId: string;
                        /** @example Billing */
                        name: string;
                        primary: {
                            /** @example legacy-1f0c9a77b35e4d20 */
                            key?: string;
                            sha256?: string;
                        };
                        /** @description Without it the slot works only once its key is regenerated */
                        secondary?: {
                            /** @example legacy-1f0c9a77b35e4d20 */
                            key?: string;
                            sha256?: string;
                        };
                        /** @description OAuth clients whose tokens may come with its keys; null for any */
                        oauthClientIds?: string[] | null;
                    } | unknown)[];
                };
            };
        };
        responses: {
            /** @description A result for every row; send the same body again until none is pending */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "results": [
                     *         {
                     *           "row": -9007199254740991,
                     *           "result": "created",
                     *           "id": "key_8sK2mQ4vXz1b"
                     *         }
                     *       ],
                     *       "counts": {
                     *         "created": 1,
                     *         "exists": 0,
                     *         "invalid": 0,
                     *         "pending": 0
                     *       }
                     *     }
                     */
                    "application/json": {
                        results: {
                            /** @description Its place in the request, from 0 */
                            row: number;
                            /** @enum {string} */
                            result: "created" | "exists" | "invalid" | "pending";
                            /**
                             * @description Of what was created, or exists
                             * @example key_8sK2mQ4vXz1b
                             */
                            id?: string;
                            /** @description The field that is wrong */
                            param?: string;
                            /** @description What is wrong */
                            message?: string;
                        }[];
                        /**
                         * @example {
                         *       "created": 1,
                         *       "exists": 0,
                         *       "invalid": 0,
                         *       "pending": 0
                         *     }
                         */
                        counts: {
                            created: number;
                            exists: number;
                            invalid: number;
                            pending: number;
                        };
                    };
                };
            };
        };
    };
    getSubscription: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                subscriptionId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Subscription"];
                };
            };
        };
    };
    updateSubscription: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The ETag of what is changed, as it was read: where somebody changed it since, the answer is 412 and nothing is done. * where it only has to be there
                 * @example "r3"
                 */
                "If-Match"?: string;
            };
            path: {
                subscriptionId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "Billing",
                 *       "limits": {
                 *         "rateLimits": [
                 *           {
                 *             "limit": 1200,
                 *             "windowSeconds": 60
                 *           }
                 *         ],
                 *         "quota": {
                 *           "limit": 500000,
                 *           "period": "month"
                 *         }
                 *       },
                 *       "reason": "Ask for the sandbox product first"
                 *     }
                 */
                "application/json": {
                    /** @example Billing */
                    name?: string;
                    /**
                     * @description Limits of its own, above or below its product’s plan; what is absent is the plan’s, and null is all of the plan’s. For admins of every tenant
                     * @example {
                     *       "rateLimits": [
                     *         {
                     *           "limit": 1200,
                     *           "windowSeconds": 60
                     *         }
                     *       ],
                     *       "quota": {
                     *         "limit": 500000,
                     *         "period": "month"
                     *       }
                     *     }
                     */
                    limits?: {
                        rateLimits?: {
                            /** @example 600 */
                            limit: number;
                            /** @example 60 */
                            windowSeconds: number;
                        }[];
                        quota?: {
                            /** @example 100000 */
                            limit: number;
                            /**
                             * @description Of the calendar, in UTC
                             * @enum {string}
                             */
                            period: "day" | "month";
                        } | null;
                    } | null;
                    /**
                     * @description For the audit log, and for the subscriber to read
                     * @example Ask for the sandbox product first
                     */
                    reason?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Subscription"];
                };
            };
            /** @description Nothing was changed: the tenant wants a second admin to approve this first */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "approval": {
                     *         "approvalId": "apr_1aB3cD5eF7gH",
                     *         "tenantId": "tenant_acme",
                     *         "operation": "revokeKey",
                     *         "subject": {
                     *           "type": "apiKey",
                     *           "id": "key_8sK2mQ4vXz1b"
                     *         },
                     *         "body": {
                     *           "reason": "Not used any more"
                     *         },
                     *         "requestedBy": "5e9c4a5e-1f2b-4c3d-8e9f-0a1b2c3d4e5f",
                     *         "requestedByName": "grace@example.com",
                     *         "requestedAt": "2026-11-22T12:00:00.000Z",
                     *         "expiresAt": "2026-11-22T12:00:00.000Z",
                     *         "state": "pending",
                     *         "decidedBy": null,
                     *         "decidedByName": null,
                     *         "decidedAt": null,
                     *         "reason": null,
                     *         "carriedOut": false,
                     *         "failure": null
                     *       }
                     *     }
                     */
                    "application/json": {
                        approval: components["schemas"]["Approval"];
                    };
                };
            };
        };
    };
    approveSubscription: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The ETag of what is changed, as it was read: where somebody changed it since, the answer is 412 and nothing is done. * where it only has to be there
                 * @example "r3"
                 */
                "If-Match"?: string;
            };
            path: {
                subscriptionId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "reason": "Ask for the sandbox product first"
                 *     }
                 */
                "application/json": {
                    /**
                     * @description For the audit log, and for the subscriber to read
                     * @example Ask for the sandbox product first
                     */
                    reason?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Subscription"];
                };
            };
            /** @description Nothing was changed: the tenant wants a second admin to approve this first */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "approval": {
                     *         "approvalId": "apr_1aB3cD5eF7gH",
                     *         "tenantId": "tenant_acme",
                     *         "operation": "revokeKey",
                     *         "subject": {
                     *           "type": "apiKey",
                     *           "id": "key_8sK2mQ4vXz1b"
                     *         },
                     *         "body": {
                     *           "reason": "Not used any more"
                     *         },
                     *         "requestedBy": "5e9c4a5e-1f2b-4c3d-8e9f-0a1b2c3d4e5f",
                     *         "requestedByName": "grace@example.com",
                     *         "requestedAt": "2026-11-22T12:00:00.000Z",
                     *         "expiresAt": "2026-11-22T12:00:00.000Z",
                     *         "state": "pending",
                     *         "decidedBy": null,
                     *         "decidedByName": null,
                     *         "decidedAt": null,
                     *         "reason": null,
                     *         "carriedOut": false,
                     *         "failure": null
                     *       }
                     *     }
                     */
                    "application/json": {
                        approval: components["schemas"]["Approval"];
                    };
                };
            };
        };
    };
    rejectSubscription: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The ETag of what is changed, as it was read: where somebody changed it since, the answer is 412 and nothing is done. * where it only has to be there
                 * @example "r3"
                 */
                "If-Match"?: string;
            };
            path: {
                subscriptionId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "reason": "Ask for the sandbox product first"
                 *     }
                 */
                "application/json": {
                    /**
                     * @description For the audit log, and for the subscriber to read
                     * @example Ask for the sandbox product first
                     */
                    reason?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Subscription"];
                };
            };
        };
    };
    withdrawSubscription: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The ETag of what is changed, as it was read: where somebody changed it since, the answer is 412 and nothing is done. * where it only has to be there
                 * @example "r3"
                 */
                "If-Match"?: string;
            };
            path: {
                subscriptionId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "reason": "Ask for the sandbox product first"
                 *     }
                 */
                "application/json": {
                    /**
                     * @description For the audit log, and for the subscriber to read
                     * @example Ask for the sandbox product first
                     */
                    reason?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Subscription"];
                };
            };
        };
    };
    suspendSubscription: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The ETag of what is changed, as it was read: where somebody changed it since, the answer is 412 and nothing is done. * where it only has to be there
                 * @example "r3"
                 */
                "If-Match"?: string;
            };
            path: {
                subscriptionId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "reason": "Ask for the sandbox product first"
                 *     }
                 */
                "application/json": {
                    /**
                     * @description For the audit log, and for the subscriber to read
                     * @example Ask for the sandbox product first
                     */
                    reason?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Subscription"];
                };
            };
        };
    };
    resumeSubscription: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The ETag of what is changed, as it was read: where somebody changed it since, the answer is 412 and nothing is done. * where it only has to be there
                 * @example "r3"
                 */
                "If-Match"?: string;
            };
            path: {
                subscriptionId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "reason": "Ask for the sandbox product first"
                 *     }
                 */
                "application/json": {
                    /**
                     * @description For the audit log, and for the subscriber to read
                     * @example Ask for the sandbox product first
                     */
                    reason?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Subscription"];
                };
            };
            /** @description Nothing was changed: the tenant wants a second admin to approve this first */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "approval": {
                     *         "approvalId": "apr_1aB3cD5eF7gH",
                     *         "tenantId": "tenant_acme",
                     *         "operation": "revokeKey",
                     *         "subject": {
                     *           "type": "apiKey",
                     *           "id": "key_8sK2mQ4vXz1b"
                     *         },
                     *         "body": {
                     *           "reason": "Not used any more"
                     *         },
                     *         "requestedBy": "5e9c4a5e-1f2b-4c3d-8e9f-0a1b2c3d4e5f",
                     *         "requestedByName": "grace@example.com",
                     *         "requestedAt": "2026-11-22T12:00:00.000Z",
                     *         "expiresAt": "2026-11-22T12:00:00.000Z",
                     *         "state": "pending",
                     *         "decidedBy": null,
                     *         "decidedByName": null,
                     *         "decidedAt": null,
                     *         "reason": null,
                     *         "carriedOut": false,
                     *         "failure": null
                     *       }
                     *     }
                     */
                    "application/json": {
                        approval: components["schemas"]["Approval"];
                    };
                };
            };
        };
    };
    cancelSubscription: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The ETag of what is changed, as it was read: where somebody changed it since, the answer is 412 and nothing is done. * where it only has to be there
                 * @example "r3"
                 */
                "If-Match"?: string;
            };
            path: {
                subscriptionId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "reason": "Ask for the sandbox product first"
                 *     }
                 */
                "application/json": {
                    /**
                     * @description For the audit log, and for the subscriber to read
                     * @example Ask for the sandbox product first
                     */
                    reason?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Subscription"];
                };
            };
            /** @description Nothing was changed: the tenant wants a second admin to approve this first */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "approval": {
                     *         "approvalId": "apr_1aB3cD5eF7gH",
                     *         "tenantId": "tenant_acme",
                     *         "operation": "revokeKey",
                     *         "subject": {
                     *           "type": "apiKey",
                     *           "id": "key_8sK2mQ4vXz1b"
                     *         },
                     *         "body": {
                     *           "reason": "Not used any more"
                     *         },
                     *         "requestedBy": "5e9c4a5e-1f2b-4c3d-8e9f-0a1b2c3d4e5f",
                     *         "requestedByName": "grace@example.com",
                     *         "requestedAt": "2026-11-22T12:00:00.000Z",
                     *         "expiresAt": "2026-11-22T12:00:00.000Z",
                     *         "state": "pending",
                     *         "decidedBy": null,
                     *         "decidedByName": null,
                     *         "decidedAt": null,
                     *         "reason": null,
                     *         "carriedOut": false,
                     *         "failure": null
                     *       }
                     *     }
                     */
                    "application/json": {
                        approval: components["schemas"]["Approval"];
                    };
                };
            };
        };
    };
    getSubscriptionRotation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                subscriptionId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Whose program rotates it where it is stored; absent for nobody’s */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "principalArn": "arn:aws:iam::111122223333:role/RotateOrdersKey"
                     *     }
                     */
                    "application/json": {
                        /** @example arn:aws:iam::111122223333:role/RotateOrdersKey */
                        principalArn: string;
                    };
                };
            };
        };
    };
    putSubscriptionRotation: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The ETag of what is changed, as it was read: where somebody changed it since, the answer is 412 and nothing is done. * where it only has to be there
                 * @example "r3"
                 */
                "If-Match"?: string;
            };
            path: {
                subscriptionId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "principalArn": "arn:aws:iam::111122223333:role/RotateOrdersKey"
                 *     }
                 */
                "application/json": {
                    /**
                     * @description Of AWS, in Keywright’s own account: a role (without its path, which sessions do not tell) or a user
                     * @example arn:aws:iam::111122223333:role/RotateOrdersKey
                     */
                    principalArn: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Subscription"];
                };
            };
            /** @description Nothing was changed: the tenant wants a second admin to approve this first */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "approval": {
                     *         "approvalId": "apr_1aB3cD5eF7gH",
                     *         "tenantId": "tenant_acme",
                     *         "operation": "revokeKey",
                     *         "subject": {
                     *           "type": "apiKey",
                     *           "id": "key_8sK2mQ4vXz1b"
                     *         },
                     *         "body": {
                     *           "reason": "Not used any more"
                     *         },
                     *         "requestedBy": "5e9c4a5e-1f2b-4c3d-8e9f-0a1b2c3d4e5f",
                     *         "requestedByName": "grace@example.com",
                     *         "requestedAt": "2026-11-22T12:00:00.000Z",
                     *         "expiresAt": "2026-11-22T12:00:00.000Z",
                     *         "state": "pending",
                     *         "decidedBy": null,
                     *         "decidedByName": null,
                     *         "decidedAt": null,
                     *         "reason": null,
                     *         "carriedOut": false,
                     *         "failure": null
                     *       }
                     *     }
                     */
                    "application/json": {
                        approval: components["schemas"]["Approval"];
                    };
                };
            };
        };
    };
    deleteSubscriptionRotation: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The ETag of what is changed, as it was read: where somebody changed it since, the answer is 412 and nothing is done. * where it only has to be there
                 * @example "r3"
                 */
                "If-Match"?: string;
            };
            path: {
                subscriptionId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    revealSubscriptionKeys: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The ETag of what is changed, as it was read: where somebody changed it since, the answer is 412 and nothing is done. * where it only has to be there
                 * @example "r3"
                 */
                "If-Match"?: string;
            };
            path: {
                subscriptionId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /** @example {} */
                "application/json": {
                    /** @description Which keys; by default both */
                    slots?: ("primary" | "secondary")[];
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "primaryKey": "sub_live_4fG8jK2lZ6xC…Zq7w",
                     *       "secondaryKey": "sub_live_4fG8jK2lZ6xC…Zq7w",
                     *       "clientKeys": [
                     *         {
                     *           "apiId": "api_2Xq7LmB4tRz9",
                     *           "clientKey": "ck_live_Hq3vB8nX1mZ6…h7Kp"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": {
                        /**
                         * @description The whole key; null where only its digest is known
                         * @example sub_live_4fG8jK2lZ6xC…Zq7w
                         */
                        primaryKey?: string | null;
                        /**
                         * @description The whole key; null where only its digest is known
                         * @example sub_live_4fG8jK2lZ6xC…Zq7w
                         */
                        secondaryKey?: string | null;
                        /** @description Of the product’s APIs that ask for a client key; none before the subscription has been approved */
                        clientKeys: {
                            /** @example api_2Xq7LmB4tRz9 */
                            apiId: string;
                            /**
                             * @description The whole key; null where only its digest is known
                             * @example ck_live_Hq3vB8nX1mZ6…h7Kp
                             */
                            clientKey: string | null;
                        }[];
                    };
                };
            };
            /** @description Nothing was changed: the tenant wants a second admin to approve this first */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "approval": {
                     *         "approvalId": "apr_1aB3cD5eF7gH",
                     *         "tenantId": "tenant_acme",
                     *         "operation": "revokeKey",
                     *         "subject": {
                     *           "type": "apiKey",
                     *           "id": "key_8sK2mQ4vXz1b"
                     *         },
                     *         "body": {
                     *           "reason": "Not used any more"
                     *         },
                     *         "requestedBy": "5e9c4a5e-1f2b-4c3d-8e9f-0a1b2c3d4e5f",
                     *         "requestedByName": "grace@example.com",
                     *         "requestedAt": "2026-11-22T12:00:00.000Z",
                     *         "expiresAt": "2026-11-22T12:00:00.000Z",
                     *         "state": "pending",
                     *         "decidedBy": null,
                     *         "decidedByName": null,
                     *         "decidedAt": null,
                     *         "reason": null,
                     *         "carriedOut": false,
                     *         "failure": null
                     *       }
                     *     }
                     */
                    "application/json": {
                        approval: components["schemas"]["Approval"];
                    };
                };
            };
        };
    };
    regenerateSubscriptionKey: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The ETag of what is changed, as it was read: where somebody changed it since, the answer is 412 and nothing is done. * where it only has to be there
                 * @example "r3"
                 */
                "If-Match"?: string;
            };
            path: {
                subscriptionId: string;
                slot: "primary" | "secondary";
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /** @example {} */
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "key": "sub_live_4fG8jK2lZ6xC…Zq7w"
                     *     }
                     */
                    "application/json": {
                        /**
                         * @description The whole key
                         * @example sub_live_4fG8jK2lZ6xC…Zq7w
                         */
                        key: string;
                    };
                };
            };
            /** @description Nothing was changed: the tenant wants a second admin to approve this first */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "approval": {
                     *         "approvalId": "apr_1aB3cD5eF7gH",
                     *         "tenantId": "tenant_acme",
                     *         "operation": "revokeKey",
                     *         "subject": {
                     *           "type": "apiKey",
                     *           "id": "key_8sK2mQ4vXz1b"
                     *         },
                     *         "body": {
                     *           "reason": "Not used any more"
                     *         },
                     *         "requestedBy": "5e9c4a5e-1f2b-4c3d-8e9f-0a1b2c3d4e5f",
                     *         "requestedByName": "grace@example.com",
                     *         "requestedAt": "2026-11-22T12:00:00.000Z",
                     *         "expiresAt": "2026-11-22T12:00:00.000Z",
                     *         "state": "pending",
                     *         "decidedBy": null,
                     *         "decidedByName": null,
                     *         "decidedAt": null,
                     *         "reason": null,
                     *         "carriedOut": false,
                     *         "failure": null
                     *       }
                     *     }
                     */
                    "application/json": {
                        approval: components["schemas"]["Approval"];
                    };
                };
            };
        };
    };
    listAudit: {
        parameters: {
            query?: {
                tenantId?: string;
                type?: string;
                actor?: string;
                subject?: string;
                from?: string;
                to?: string;
                cursor?: string;
                limit?: number;
                after?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "019aa1f4-8c00-7d3a-9b4e-2f6c8a1b3d5e",
                     *           "version": 1,
                     *           "type": "apiKey.revoked",
                     *           "time": "2026-11-22T12:00:00.000Z",
                     *           "tenantId": "tenant_acme",
                     *           "actor": {
                     *             "type": "admin",
                     *             "id": "5e9c4a5e-1f2b-4c3d-8e9f-0a1b2c3d4e5f",
                     *             "ip": "203.0.113.7",
                     *             "name": "grace@example.com"
                     *           },
                     *           "subject": {
                     *             "type": "apiKey",
                     *             "id": "key_8sK2mQ4vXz1b"
                     *           },
                     *           "data": {
                     *             "reason": "Not used any more"
                     *           },
                     *           "requestId": "JKJaXmPLvHcESHA=",
                     *           "revision": 4
                     *         }
                     *       ],
                     *       "nextCursor": null
                     *     }
                     */
                    "application/json": {
                        items: components["schemas"]["AuditRecord"][];
                        nextCursor: string | null;
                        /** @description Of a tail: whether there is nothing more now. If there is, ask again at once */
                        upToDate?: boolean;
                    };
                };
            };
        };
    };
    exportAudit: {
        parameters: {
            query?: {
                tenantId?: string;
                type?: string;
                actor?: string;
                subject?: string;
                from?: string;
                to?: string;
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/x-ndjson": components["schemas"]["AuditRecord"];
                };
            };
        };
    };
    verifyAudit: {
        parameters: {
            query?: {
                tenantId?: string;
                head?: string;
                complete?: "true" | "false";
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditVerification"];
                };
            };
        };
    };
    getAuditChain: {
        parameters: {
            query?: {
                tenantId?: string;
                after?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A part of a chain, oldest first, for whoever checks it alone */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditChain"];
                };
            };
        };
    };
    getSummary: {
        parameters: {
            query?: {
                tenantId?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Summary"];
                };
            };
        };
    };
    getUsage: {
        parameters: {
            query?: {
                tenantId?: string;
                keyId?: string;
                subscriptionId?: string;
                productId?: string;
                apiId?: string;
                environment?: "sandbox" | "live";
                from?: string;
                to?: string;
                groupBy?: "hour" | "day" | "route" | "status" | "country" | "cause" | "key" | "product" | "api" | "secret" | "network" | "hour,route" | "hour,status" | "hour,country" | "hour,cause" | "hour,key" | "hour,product" | "hour,api" | "hour,secret" | "hour,network" | "day,route" | "day,status" | "day,country" | "day,cause" | "day,key" | "day,product" | "day,api" | "day,secret" | "day,network";
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Usage"];
                    /**
                     * @example group,subgroup,environment,keyType,requests,clientErrors,serverErrors,p50Milliseconds,p99Milliseconds
                     *     2026-11-22T00:00:00.000Z,,live,secret,88310,1204,3,12,48
                     */
                    "text/csv": string;
                };
            };
        };
    };
    explainRefusal: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                requestId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Why the request was refused */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "refusals": [
                     *         {
                     *           "at": "2026-11-22T12:00:00.000Z",
                     *           "status": 401,
                     *           "code": "authentication_failed",
                     *           "cause": "key_disabled",
                     *           "keyId": "key_8sK2mQ4vXz1b",
                     *           "tenantId": "tenant_acme",
                     *           "network": "198.51.100.0/24",
                     *           "checks": [
                     *             {
                     *               "check": "secret_matches",
                     *               "result": "passed"
                     *             },
                     *             {
                     *               "check": "key_active",
                     *               "result": "failed"
                     *             },
                     *             {
                     *               "check": "secret_live",
                     *               "result": "not_reached"
                     *             },
                     *             {
                     *               "check": "subscription_active",
                     *               "result": "not_asked",
                     *               "why": "It is asked of subscriptions’ keys alone, and this is an API key."
                     *             }
                     *           ],
                     *           "mend": {
                     *             "text": "Enable the key.",
                     *             "operation": "enableKey"
                     *           }
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": {
                        requestId: string;
                        /** @description More than one where a request asked about several keys; 20 at most */
                        refusals: {
                            /**
                             * Format: date-time
                             * @example 2026-11-22T12:00:00.000Z
                             */
                            at: string;
                            status: number;
                            /** @description What the caller was told */
                            code: string;
                            /** @description Why it was refused, which callers never see */
                            cause: string;
                            /** @description The key that was named; null for none */
                            keyId: string | null;
                            /** @description Whose key it is; null where it is nobody’s */
                            tenantId: string | null;
                            /** @description /24 or /48 that it came from; - where it is not known */
                            network: string;
                            /** @description In their order; the first that fails decides. Empty where no check decided */
                            checks: {
                                /** @enum {string} */
                                check: "one_well_formed_key" | "tenant_named" | "key_known" | "secret_matches" | "key_active" | "secret_live" | "tenant_matches" | "tenant_known" | "tenant_active" | "environment_matches" | "api_in_product" | "subscription_active" | "client_key_matches" | "token_valid" | "network_allowed" | "origin_allowed" | "permission_granted" | "within_limits";
                                /** @enum {string} */
                                result: "passed" | "failed" | "not_asked" | "not_reached";
                                /** @description Why it was not asked; absent unless it was not */
                                why?: string;
                            }[];
                            mend: {
                                text: string;
                                /** @description operationId of what mends it; null where the caller has to */
                                operation: string | null;
                            };
                        }[];
                    };
                };
            };
        };
    };
    tryRole: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                tenantId: string;
                role: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "permissions": [
                 *         "orders:read"
                 *       ]
                 *     }
                 */
                "application/json": {
                    permissions: string[];
                };
            };
        };
        responses: {
            /** @description What the change would have made of the last seven days; nothing was changed */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "from": "2026-11-15T00:00:00.000Z",
                     *       "to": "2026-11-22T12:00:00.000Z",
                     *       "keysLookedAt": 12,
                     *       "isAll": true,
                     *       "calls": 88310,
                     *       "refused": 1204,
                     *       "admittedAnew": 0,
                     *       "unknown": 31,
                     *       "keys": [
                     *         {
                     *           "keyId": "key_8sK2mQ4vXz1b",
                     *           "refused": 1200
                     *         },
                     *         {
                     *           "keyId": "key_jy8U8V0Qpt5b",
                     *           "refused": 4
                     *         }
                     *       ],
                     *       "uses": [
                     *         {
                     *           "keyId": "key_8sK2mQ4vXz1b",
                     *           "network": "198.51.100.0/24",
                     *           "route": "POST /v1/orders",
                     *           "requests": 1200
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": {
                        /**
                         * Format: date-time
                         * @description The beginning of a UTC day, seven days back
                         * @example 2026-11-22T12:00:00.000Z
                         */
                        from: string;
                        /**
                         * Format: date-time
                         * @example 2026-11-22T12:00:00.000Z
                         */
                        to: string;
                        keysLookedAt: number;
                        /** @description False where there are more keys than were looked at */
                        isAll: boolean;
                        /** @description That these keys made */
                        calls: number;
                        /** @description Of these, how many the change would refuse */
                        refused: number;
                        /** @description How many are refused as things are, and would not be any more */
                        admittedAnew: number;
                        /** @description Of how many counts can’t tell: names beyond their bound, a part of a /24 or /48, a route that APIs declare differently */
                        unknown: number;
                        /** @description Whose calls would be refused */
                        keys: {
                            /** @example key_8sK2mQ4vXz1b */
                            keyId: string;
                            refused: number;
                        }[];
                        /** @description Which calls would be refused, the most frequent first, 20 at most */
                        uses: {
                            /** @example key_8sK2mQ4vXz1b */
                            keyId: string;
                            network: string;
                            route: string;
                            requests: number;
                        }[];
                    };
                };
            };
        };
    };
    tryApi: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                apiId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "routes": [
                 *         {
                 *           "method": "GET",
                 *           "path": "/v1/orders/{orderId}",
                 *           "permission": "orders:read",
                 *           "public": false
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": {
                    /**
                     * @example [
                     *       {
                     *         "method": "GET",
                     *         "path": "/v1/orders/{orderId}",
                     *         "permission": "orders:read",
                     *         "public": false
                     *       }
                     *     ]
                     */
                    routes: {
                        /** @enum {string} */
                        method: "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS" | "ANY";
                        /** @example /v1/orders/{orderId} */
                        path: string;
                        /** @description Absent or null for the default rule’s */
                        permission?: string | null;
                        /**
                         * @description Whether publishable keys may read it
                         * @default false
                         */
                        public?: boolean;
                        /** @description Of an API with oauth: what the token must have besides requiredScopes, all of them */
                        scopes?: string[] | null;
                    }[];
                };
            };
        };
        responses: {
            /** @description What the table would have made of the last seven days; nothing was changed */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "from": "2026-11-15T00:00:00.000Z",
                     *       "to": "2026-11-22T12:00:00.000Z",
                     *       "keysLookedAt": 12,
                     *       "isAll": true,
                     *       "calls": 88310,
                     *       "refused": 1200,
                     *       "admittedAnew": 0,
                     *       "unknown": 31,
                     *       "keys": [
                     *         {
                     *           "tenantId": "tenant_acme",
                     *           "keyId": "key_8sK2mQ4vXz1b",
                     *           "refused": 1200
                     *         }
                     *       ],
                     *       "uses": [
                     *         {
                     *           "keyId": "key_8sK2mQ4vXz1b",
                     *           "network": "198.51.100.0/24",
                     *           "route": "POST /v1/orders",
                     *           "requests": 1200
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": {
                        /**
                         * Format: date-time
                         * @description The beginning of a UTC day, seven days back
                         * @example 2026-11-22T12:00:00.000Z
                         */
                        from: string;
                        /**
                         * Format: date-time
                         * @example 2026-11-22T12:00:00.000Z
                         */
                        to: string;
                        /** @description Active keys and subscriptions that called it, or may have */
                        keysLookedAt: number;
                        /** @description False where there are more keys than were looked at */
                        isAll: boolean;
                        /** @description That these made of this API, or may have made */
                        calls: number;
                        /** @description Of these, how many the change would refuse */
                        refused: number;
                        /** @description How many are refused as things are, and would not be any more */
                        admittedAnew: number;
                        /** @description Of how many counts can’t tell: their API was not written down, names beyond their bound, paths that only a resource is known of, and scopes that the table did not ask for before */
                        unknown: number;
                        /** @description Whose calls would be refused */
                        keys: {
                            /** @example tenant_acme */
                            tenantId: string;
                            /** @example key_8sK2mQ4vXz1b */
                            keyId: string;
                            refused: number;
                        }[];
                        /** @description Which calls would be refused, the most frequent first, 20 at most */
                        uses: {
                            /** @example key_8sK2mQ4vXz1b */
                            keyId: string;
                            network: string;
                            route: string;
                            requests: number;
                        }[];
                    };
                };
            };
        };
    };
    tryKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                tenantId: string;
                keyId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "role": "reader",
                 *       "allowedCidrs": [
                 *         "203.0.113.0/24"
                 *       ]
                 *     }
                 */
                "application/json": {
                    /** @example reader */
                    role?: string;
                    /** @description Narrows the role’s permissions; null means all of the role’s */
                    permissions?: string[] | null;
                    /**
                     * @description Networks that the key may be used from; none for any
                     * @example [
                     *       "203.0.113.0/24"
                     *     ]
                     */
                    allowedCidrs?: string[];
                };
            };
        };
        responses: {
            /** @description What the change would have made of the last seven days; nothing was changed */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "from": "2026-11-15T00:00:00.000Z",
                     *       "to": "2026-11-22T12:00:00.000Z",
                     *       "keysLookedAt": 12,
                     *       "isAll": true,
                     *       "calls": 88310,
                     *       "refused": 1204,
                     *       "admittedAnew": 0,
                     *       "unknown": 31,
                     *       "keys": [
                     *         {
                     *           "keyId": "key_8sK2mQ4vXz1b",
                     *           "refused": 1200
                     *         },
                     *         {
                     *           "keyId": "key_jy8U8V0Qpt5b",
                     *           "refused": 4
                     *         }
                     *       ],
                     *       "uses": [
                     *         {
                     *           "keyId": "key_8sK2mQ4vXz1b",
                     *           "network": "198.51.100.0/24",
                     *           "route": "POST /v1/orders",
                     *           "requests": 1200
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": {
                        /**
                         * Format: date-time
                         * @description The beginning of a UTC day, seven days back
                         * @example 2026-11-22T12:00:00.000Z
                         */
                        from: string;
                        /**
                         * Format: date-time
                         * @example 2026-11-22T12:00:00.000Z
                         */
                        to: string;
                        keysLookedAt: number;
                        /** @description False where there are more keys than were looked at */
                        isAll: boolean;
                        /** @description That these keys made */
                        calls: number;
                        /** @description Of these, how many the change would refuse */
                        refused: number;
                        /** @description How many are refused as things are, and would not be any more */
                        admittedAnew: number;
                        /** @description Of how many counts can’t tell: names beyond their bound, a part of a /24 or /48, a route that APIs declare differently */
                        unknown: number;
                        /** @description Whose calls would be refused */
                        keys: {
                            /** @example key_8sK2mQ4vXz1b */
                            keyId: string;
                            refused: number;
                        }[];
                        /** @description Which calls would be refused, the most frequent first, 20 at most */
                        uses: {
                            /** @example key_8sK2mQ4vXz1b */
                            keyId: string;
                            network: string;
                            route: string;
                            requests: number;
                        }[];
                    };
                };
            };
        };
    };
    getOverlap: {
        parameters: {
            query?: {
                quietAfterSeconds?: number;
            };
            header?: never;
            path: {
                tenantId: string;
                keyId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Who uses the key’s two secrets, as far as access logs were counted */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "old": {
                     *         "hint": "EYNC",
                     *         "createdAt": "2026-08-22T12:00:00.000Z",
                     *         "expiresAt": "2026-11-23T12:00:00.000Z",
                     *         "untilQuietSeconds": 21600,
                     *         "lastUsedAt": "2026-11-22T13:16:00.000Z",
                     *         "requests24h": 96,
                     *         "networks": [
                     *           "198.51.100.0/24"
                     *         ],
                     *         "routes": [
                     *           "GET /v1/orders"
                     *         ],
                     *         "uses": [
                     *           {
                     *             "network": "198.51.100.0/24",
                     *             "route": "GET /v1/orders",
                     *             "requests": 96
                     *           }
                     *         ],
                     *         "recent": [
                     *           {
                     *             "from": "2026-11-22T13:15:00.000Z",
                     *             "requests": 1
                     *           }
                     *         ]
                     *       },
                     *       "new": {
                     *         "hint": "28kj",
                     *         "createdAt": "2026-11-22T12:00:00.000Z",
                     *         "expiresAt": null,
                     *         "untilQuietSeconds": null,
                     *         "lastUsedAt": "2026-11-22T13:20:00.000Z",
                     *         "requests24h": 1204,
                     *         "networks": [
                     *           "203.0.113.0/24"
                     *         ],
                     *         "routes": [
                     *           "GET /v1/orders",
                     *           "POST /v1/orders"
                     *         ],
                     *         "uses": [
                     *           {
                     *             "network": "203.0.113.0/24",
                     *             "route": "GET /v1/orders",
                     *             "requests": 1204
                     *           }
                     *         ],
                     *         "recent": [
                     *           {
                     *             "from": "2026-11-22T13:15:00.000Z",
                     *             "requests": 412
                     *           }
                     *         ]
                     *       },
                     *       "verdict": "in_use",
                     *       "quietFor": 240
                     *     }
                     */
                    "application/json": {
                        /** @description null where no overlap lasts */
                        old: {
                            /** @description The key’s last four characters; empty where they are not known */
                            hint: string;
                            /**
                             * Format: date-time
                             * @example 2026-11-22T12:00:00.000Z
                             */
                            createdAt: string;
                            /** @description The end of its overlap */
                            expiresAt: string | null;
                            /** @description It ends before, once it was silent for so long; null where its overlap does not end so */
                            untilQuietSeconds: number | null;
                            /** @description To the minute, once its line was counted; null where no use is known */
                            lastUsedAt: string | null;
                            /** @description Of the last 24 hours, to five minutes */
                            requests24h: number;
                            /** @description /24 or /48, of the last 24 hours; the most frequent first, 20 at most */
                            networks: string[];
                            /** @description `METHOD route`, likewise */
                            routes: string[];
                            /** @description From where for what, likewise */
                            uses: {
                                network: string;
                                route: string;
                                requests: number;
                            }[];
                            /** @description The last hour in steps of five minutes, oldest first */
                            recent: {
                                /**
                                 * Format: date-time
                                 * @example 2026-11-22T12:00:00.000Z
                                 */
                                from: string;
                                requests: number;
                            }[];
                        } | null;
                        /** @description null where no secret of the key is live */
                        new: {
                            /** @description The key’s last four characters; empty where they are not known */
                            hint: string;
                            /**
                             * Format: date-time
                             * @example 2026-11-22T12:00:00.000Z
                             */
                            createdAt: string;
                            /** @description The end of its overlap */
                            expiresAt: string | null;
                            /** @description It ends before, once it was silent for so long; null where its overlap does not end so */
                            untilQuietSeconds: number | null;
                            /** @description To the minute, once its line was counted; null where no use is known */
                            lastUsedAt: string | null;
                            /** @description Of the last 24 hours, to five minutes */
                            requests24h: number;
                            /** @description /24 or /48, of the last 24 hours; the most frequent first, 20 at most */
                            networks: string[];
                            /** @description `METHOD route`, likewise */
                            routes: string[];
                            /** @description From where for what, likewise */
                            uses: {
                                network: string;
                                route: string;
                                requests: number;
                            }[];
                            /** @description The last hour in steps of five minutes, oldest first */
                            recent: {
                                /**
                                 * Format: date-time
                                 * @example 2026-11-22T12:00:00.000Z
                                 */
                                from: string;
                                requests: number;
                            }[];
                        } | null;
                        /** @description Of the old secret: quiet when it was not used for quietAfterSeconds, never_used where no use of it is known; null without an overlap */
                        verdict: ("quiet" | "in_use" | "never_used") | null;
                        /** @description Seconds since the old secret was last used; null where it never was */
                        quietFor: number | null;
                    };
                };
            };
        };
    };
    getOverlapById: {
        parameters: {
            query?: {
                quietAfterSeconds?: number;
            };
            header?: never;
            path: {
                keyId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Who uses the key’s two secrets, as far as access logs were counted */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "old": {
                     *         "hint": "EYNC",
                     *         "createdAt": "2026-08-22T12:00:00.000Z",
                     *         "expiresAt": "2026-11-23T12:00:00.000Z",
                     *         "untilQuietSeconds": 21600,
                     *         "lastUsedAt": "2026-11-22T13:16:00.000Z",
                     *         "requests24h": 96,
                     *         "networks": [
                     *           "198.51.100.0/24"
                     *         ],
                     *         "routes": [
                     *           "GET /v1/orders"
                     *         ],
                     *         "uses": [
                     *           {
                     *             "network": "198.51.100.0/24",
                     *             "route": "GET /v1/orders",
                     *             "requests": 96
                     *           }
                     *         ],
                     *         "recent": [
                     *           {
                     *             "from": "2026-11-22T13:15:00.000Z",
                     *             "requests": 1
                     *           }
                     *         ]
                     *       },
                     *       "new": {
                     *         "hint": "28kj",
                     *         "createdAt": "2026-11-22T12:00:00.000Z",
                     *         "expiresAt": null,
                     *         "untilQuietSeconds": null,
                     *         "lastUsedAt": "2026-11-22T13:20:00.000Z",
                     *         "requests24h": 1204,
                     *         "networks": [
                     *           "203.0.113.0/24"
                     *         ],
                     *         "routes": [
                     *           "GET /v1/orders",
                     *           "POST /v1/orders"
                     *         ],
                     *         "uses": [
                     *           {
                     *             "network": "203.0.113.0/24",
                     *             "route": "GET /v1/orders",
                     *             "requests": 1204
                     *           }
                     *         ],
                     *         "recent": [
                     *           {
                     *             "from": "2026-11-22T13:15:00.000Z",
                     *             "requests": 412
                     *           }
                     *         ]
                     *       },
                     *       "verdict": "in_use",
                     *       "quietFor": 240
                     *     }
                     */
                    "application/json": {
                        /** @description null where no overlap lasts */
                        old: {
                            /** @description The key’s last four characters; empty where they are not known */
                            hint: string;
                            /**
                             * Format: date-time
                             * @example 2026-11-22T12:00:00.000Z
                             */
                            createdAt: string;
                            /** @description The end of its overlap */
                            expiresAt: string | null;
                            /** @description It ends before, once it was silent for so long; null where its overlap does not end so */
                            untilQuietSeconds: number | null;
                            /** @description To the minute, once its line was counted; null where no use is known */
                            lastUsedAt: string | null;
                            /** @description Of the last 24 hours, to five minutes */
                            requests24h: number;
                            /** @description /24 or /48, of the last 24 hours; the most frequent first, 20 at most */
                            networks: string[];
                            /** @description `METHOD route`, likewise */
                            routes: string[];
                            /** @description From where for what, likewise */
                            uses: {
                                network: string;
                                route: string;
                                requests: number;
                            }[];
                            /** @description The last hour in steps of five minutes, oldest first */
                            recent: {
                                /**
                                 * Format: date-time
                                 * @example 2026-11-22T12:00:00.000Z
                                 */
                                from: string;
                                requests: number;
                            }[];
                        } | null;
                        /** @description null where no secret of the key is live */
                        new: {
                            /** @description The key’s last four characters; empty where they are not known */
                            hint: string;
                            /**
                             * Format: date-time
                             * @example 2026-11-22T12:00:00.000Z
                             */
                            createdAt: string;
                            /** @description The end of its overlap */
                            expiresAt: string | null;
                            /** @description It ends before, once it was silent for so long; null where its overlap does not end so */
                            untilQuietSeconds: number | null;
                            /** @description To the minute, once its line was counted; null where no use is known */
                            lastUsedAt: string | null;
                            /** @description Of the last 24 hours, to five minutes */
                            requests24h: number;
                            /** @description /24 or /48, of the last 24 hours; the most frequent first, 20 at most */
                            networks: string[];
                            /** @description `METHOD route`, likewise */
                            routes: string[];
                            /** @description From where for what, likewise */
                            uses: {
                                network: string;
                                route: string;
                                requests: number;
                            }[];
                            /** @description The last hour in steps of five minutes, oldest first */
                            recent: {
                                /**
                                 * Format: date-time
                                 * @example 2026-11-22T12:00:00.000Z
                                 */
                                from: string;
                                requests: number;
                            }[];
                        } | null;
                        /** @description Of the old secret: quiet when it was not used for quietAfterSeconds, never_used where no use of it is known; null without an overlap */
                        verdict: ("quiet" | "in_use" | "never_used") | null;
                        /** @description Seconds since the old secret was last used; null where it never was */
                        quietFor: number | null;
                    };
                };
            };
        };
    };
    getReceipt: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                tenantId: string;
                keyId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The calls around the key’s end, as far as logs were counted: they come within minutes */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "keyId": "key_8sK2mQ4vXz1b",
                     *       "endedAt": "2026-11-22T01:04:41.200Z",
                     *       "lastAdmitted": {
                     *         "at": "2026-11-22T01:04:41.900Z",
                     *         "isExact": true
                     *       },
                     *       "firstRefusedAt": "2026-11-22T01:04:43.200Z"
                     *     }
                     */
                    "application/json": {
                        /** @example key_8sK2mQ4vXz1b */
                        keyId: string;
                        /** @description Since when the key is disabled or revoked; null where it is not, or that was 90 days ago */
                        endedAt: string | null;
                        /** @description null where no call is known */
                        lastAdmitted: {
                            /**
                             * Format: date-time
                             * @example 2026-11-22T12:00:00.000Z
                             */
                            at: string;
                            /** @description False where it was counted before it was known that the key has ended: to the minute then */
                            isExact: boolean;
                        } | null;
                        /** @description Of calls with the key’s secret; null where none is known */
                        firstRefusedAt: string | null;
                    };
                };
            };
        };
    };
    listApprovals: {
        parameters: {
            query?: {
                tenantId?: string;
                state?: "pending" | "approved" | "claimed" | "rejected" | "withdrawn" | "lapsed" | "failed";
                carriedOut?: "true" | "false";
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "approvalId": "apr_1aB3cD5eF7gH",
                     *           "tenantId": "tenant_acme",
                     *           "operation": "revokeKey",
                     *           "subject": {
                     *             "type": "apiKey",
                     *             "id": "key_8sK2mQ4vXz1b"
                     *           },
                     *           "body": {
                     *             "reason": "Not used any more"
                     *           },
                     *           "requestedBy": "5e9c4a5e-1f2b-4c3d-8e9f-0a1b2c3d4e5f",
                     *           "requestedByName": "grace@example.com",
                     *           "requestedAt": "2026-11-22T12:00:00.000Z",
                     *           "expiresAt": "2026-11-22T12:00:00.000Z",
                     *           "state": "pending",
                     *           "decidedBy": null,
                     *           "decidedByName": null,
                     *           "decidedAt": null,
                     *           "reason": null,
                     *           "carriedOut": false,
                     *           "failure": null
                     *         }
                     *       ],
                     *       "nextCursor": null
                     *     }
                     */
                    "application/json": {
                        items: components["schemas"]["Approval"][];
                        nextCursor: string | null;
                    };
                };
            };
        };
    };
    getApproval: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                approvalId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Approval"];
                };
            };
        };
    };
    approveApproval: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The ETag of what is changed, as it was read: where somebody changed it since, the answer is 412 and nothing is done. * where it only has to be there
                 * @example "r3"
                 */
                "If-Match"?: string;
            };
            path: {
                approvalId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /** @example {} */
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Approval"];
                };
            };
        };
    };
    rejectApproval: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The ETag of what is changed, as it was read: where somebody changed it since, the answer is 412 and nothing is done. * where it only has to be there
                 * @example "r3"
                 */
                "If-Match"?: string;
            };
            path: {
                approvalId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "reason": "Asked for by the owner of the service"
                 *     }
                 */
                "application/json": {
                    /** @example Asked for by the owner of the service */
                    reason?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Approval"];
                };
            };
        };
    };
    withdrawApproval: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The ETag of what is changed, as it was read: where somebody changed it since, the answer is 412 and nothing is done. * where it only has to be there
                 * @example "r3"
                 */
                "If-Match"?: string;
            };
            path: {
                approvalId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "reason": "Asked for by the owner of the service"
                 *     }
                 */
                "application/json": {
                    /** @example Asked for by the owner of the service */
                    reason?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Approval"];
                };
            };
        };
    };
    claimApproval: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Makes the request safe to repeat: a repeat with the same body does nothing, and answers with what the first one made or changed, as it is by now and without any secret. Its header Idempotent-Replayed is true; where the first answer showed a secret, Keywright-Notice says how to go on
                 * @example 01JD8Z2M4C-create-billing
                 */
                "Idempotency-Key"?: string;
                /**
                 * @description The ETag of what is changed, as it was read: where somebody changed it since, the answer is 412 and nothing is done. * where it only has to be there
                 * @example "r3"
                 */
                "If-Match"?: string;
            };
            path: {
                approvalId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /** @example {} */
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description As the operation itself answers; to a repeat the record alone */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "key": {
                     *         "keyId": "key_8sK2mQ4vXz1b",
                     *         "tenantId": "tenant_acme",
                     *         "name": "Billing",
                     *         "type": "secret",
                     *         "environment": "sandbox",
                     *         "role": "reader",
                     *         "permissions": null,
                     *         "status": "active",
                     *         "createdAt": "2026-11-22T12:00:00.000Z",
                     *         "createdBy": "5e9c4a5e-1f2b-4c3d-8e9f-0a1b2c3d4e5f",
                     *         "createdByName": "grace@example.com",
                     *         "updatedAt": null,
                     *         "expiresAt": null,
                     *         "lastUsedAt": null,
                     *         "allowedCidrs": [
                     *           "203.0.113.0/24"
                     *         ],
                     *         "allowedOrigins": [],
                     *         "rateLimits": [
                     *           {
                     *             "limit": 600,
                     *             "windowSeconds": 60
                     *           }
                     *         ],
                     *         "metadata": {
                     *           "team": "billing"
                     *         },
                     *         "revokedAt": null,
                     *         "revokedBy": null,
                     *         "revokedByName": "grace@example.com",
                     *         "disabledAt": null,
                     *         "disabledBy": null,
                     *         "disabledByName": "grace@example.com",
                     *         "reason": null,
                     *         "secrets": [
                     *           {
                     *             "createdAt": "2026-11-22T12:00:00.000Z",
                     *             "expiresAt": null,
                     *             "lastUsedAt": null,
                     *             "hint": "28kj"
                     *           }
                     *         ],
                     *         "outOfPolicy": [],
                     *         "imported": null
                     *       },
                     *       "secret": "sk_live_8sK2mQ4vXz1b…28kj"
                     *     }
                     */
                    "application/json": {
                        key: components["schemas"]["Key"];
                        /**
                         * @description The whole key, shown this once
                         * @example sk_live_8sK2mQ4vXz1b…28kj
                         */
                        secret: string;
                    } | {
                        invitation: components["schemas"]["Invitation"];
                        /**
                         * @description For who was invited, to accept it with: shown this once. Absent where invitations are mailed, and in the answer to a repeat
                         * @example q0NrTgvb2JtYhX5c1KzWm8LpRs7UdEy4FoAi6HnVx3Q
                         */
                        token?: string;
                        /**
                         * @description The page of the portal that accepts it, to be sent; absent with the token
                         * @example https://keys.example.com/invitations#token=q0NrTgvb2JtYhX5c1KzWm8LpRs7UdEy4FoAi6HnVx3Q
                         */
                        link?: string;
                    } | {
                        /**
                         * @description The whole key; null where only its digest is known
                         * @example sub_live_4fG8jK2lZ6xC…Zq7w
                         */
                        primaryKey?: string | null;
                        /**
                         * @description The whole key; null where only its digest is known
                         * @example sub_live_4fG8jK2lZ6xC…Zq7w
                         */
                        secondaryKey?: string | null;
                        /** @description Of the product’s APIs that ask for a client key; none before the subscription has been approved */
                        clientKeys: {
                            /** @example api_2Xq7LmB4tRz9 */
                            apiId: string;
                            /**
                             * @description The whole key; null where only its digest is known
                             * @example ck_live_Hq3vB8nX1mZ6…h7Kp
                             */
                            clientKey: string | null;
                        }[];
                    } | {
                        /**
                         * @description The whole key
                         * @example sub_live_4fG8jK2lZ6xC…Zq7w
                         */
                        key: string;
                    } | {
                        key: components["schemas"]["Key"];
                    } | {
                        subscription: components["schemas"]["Subscription"];
                    };
                };
            };
        };
    };
    listAlerts: {
        parameters: {
            query?: {
                tenantId?: string;
                kind?: "networkAuthFailures" | "keyAuthFailures" | "clientErrors" | "rateLimitExceeded" | "requestSpike" | "newCountry" | "impossibleTravel" | "oldSecretInUse";
                state?: "open" | "acknowledged";
                assignedTo?: string;
                snoozed?: "true" | "false";
                subject?: string;
                from?: string;
                to?: string;
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "alertId": "alert_9zX7cV5bN3mA",
                     *           "kind": "clientErrors",
                     *           "tenantId": "tenant_acme",
                     *           "state": "open",
                     *           "subject": {
                     *             "type": "apiKey",
                     *             "id": "key_8sK2mQ4vXz1b"
                     *           },
                     *           "foundAt": "2026-11-22T12:00:00.000Z",
                     *           "evidence": {
                     *             "window": {
                     *               "from": "2026-11-22T11:55:00.000Z",
                     *               "to": "2026-11-22T12:00:00.000Z"
                     *             },
                     *             "measured": 412,
                     *             "threshold": 100,
                     *             "usual": 3,
                     *             "counts": {
                     *               "403": 412
                     *             },
                     *             "networks": [
                     *               "203.0.113.0/24"
                     *             ],
                     *             "countries": [
                     *               "DE"
                     *             ],
                     *             "keyIds": [
                     *               "key_8sK2mQ4vXz1b"
                     *             ],
                     *             "requestIds": [
                     *               "JKJaXmPLvHcESHA="
                     *             ]
                     *           },
                     *           "suggestion": "Many 403 or 404 can be somebody trying what the key opens: compare the networks with those the owner knows, and rotate the key if they are other ones. Many 400 or 422 are a broken client: tell its owner.",
                     *           "acknowledgedBy": null,
                     *           "acknowledgedAt": null,
                     *           "note": null,
                     *           "assignedTo": null,
                     *           "snoozedUntil": null
                     *         }
                     *       ],
                     *       "nextCursor": null
                     *     }
                     */
                    "application/json": {
                        items: components["schemas"]["Alert"][];
                        nextCursor: string | null;
                    };
                };
            };
        };
    };
    getAlert: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                alertId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Alert"];
                };
            };
        };
    };
    acknowledgeAlert: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The ETag of what is changed, as it was read: where somebody changed it since, the answer is 412 and nothing is done. * where it only has to be there
                 * @example "r3"
                 */
                "If-Match"?: string;
            };
            path: {
                alertId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "note": "Asked for by the owner of the service"
                 *     }
                 */
                "application/json": {
                    /** @example Asked for by the owner of the service */
                    note?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Alert"];
                };
            };
        };
    };
    assignAlert: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The ETag of what is changed, as it was read: where somebody changed it since, the answer is 412 and nothing is done. * where it only has to be there
                 * @example "r3"
                 */
                "If-Match"?: string;
            };
            path: {
                alertId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "assignedTo": "grace@example.com"
                 *     }
                 */
                "application/json": {
                    /** @description null for nobody */
                    assignedTo: string | null;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Alert"];
                };
            };
        };
    };
    snoozeAlert: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The ETag of what is changed, as it was read: where somebody changed it since, the answer is 412 and nothing is done. * where it only has to be there
                 * @example "r3"
                 */
                "If-Match"?: string;
            };
            path: {
                alertId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "until": "2027-02-28T12:00:00.000Z"
                 *     }
                 */
                "application/json": {
                    /** @description null to look at it now */
                    until: string | null;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Alert"];
                };
            };
        };
    };
    reportLeaks: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "keys": [
                 *         "sk_live_8sK2mQ4vXz1b…28kj"
                 *       ]
                 *     }
                 */
                "application/json": {
                    /**
                     * @description Whole keys, one in each text, as they were found: quotes, Bearer and the like around them are left out. A part of a key proves nothing
                     * @example [
                     *       "sk_live_8sK2mQ4vXz1b…28kj"
                     *     ]
                     */
                    keys: (string | unknown)[];
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "outcomes": [
                     *         "ended"
                     *       ]
                     *     }
                     */
                    "application/json": {
                        /** @description One for each key, in their order. ended: it works no more; reported: its owners have been told; public: it is meant to be seen; unknown: no key of ours; failed: it could not be looked at, report it once more */
                        outcomes: ("ended" | "reported" | "public" | "unknown" | "failed")[];
                    };
                };
            };
        };
    };
    reportLeaksFromGitHub: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example [
                 *       {
                 *         "token": "sk_live_8sK2mQ4vXz1b…28kj",
                 *         "type": "keywright_secret_key"
                 *       }
                 *     ]
                 */
                "application/json": (({
                    /** @example sk_live_8sK2mQ4vXz1b…28kj */
                    token: string;
                    /** @example keywright_secret_key */
                    type: string;
                    url?: string | null;
                    source?: string | null;
                } & {
                    [key: string]: unknown;
                }) | unknown)[];
            };
        };
        responses: {
            /** @description What each of them was */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example [
                     *       {
                     *         "token_hash": "a1ce44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b8550",
                     *         "token_type": "keywright_secret_key",
                     *         "label": "true_positive"
                     *       }
                     *     ]
                     */
                    "application/json": {
                        /**
                         * @description SHA-256 of the token, in hex
                         * @example a1ce44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b8550
                         */
                        token_hash: string;
                        /** @example keywright_secret_key */
                        token_type: string;
                        /** @enum {string} */
                        label: "true_positive" | "false_positive";
                    }[];
                };
            };
        };
    };
    verify: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "key": "sk_live_8sK2mQ4vXz1b…28kj",
                 *       "tenantId": "tenant_acme",
                 *       "apiId": "api_2Xq7LmB4tRz9",
                 *       "method": "GET",
                 *       "path": "/v1/orders/4711",
                 *       "permission": "orders:read",
                 *       "ip": "203.0.113.7"
                 *     }
                 */
                "application/json": {
                    /**
                     * @description The key as the caller sent it: publishable, secret or of a subscription
                     * @example sk_live_8sK2mQ4vXz1b…28kj
                     */
                    key?: string;
                    /**
                     * @description By which scheme’s header the key was sent; if absent, as its form says, and tenant for an imported key
                     * @enum {string}
                     */
                    scheme?: "tenant" | "subscription";
                    /**
                     * @description Whom the caller says it acts for, as its header x-tn has it; the key’s own if absent
                     * @example tenant_acme
                     */
                    tenantId?: string;
                    /**
                     * @description The protected API; if absent, nothing of an API is checked
                     * @example api_2Xq7LmB4tRz9
                     */
                    apiId?: string;
                    /** @example GET */
                    method?: string;
                    /** @example /v1/orders/4711 */
                    path?: string;
                    /**
                     * @description A permission that the caller needs, beside what the route asks
                     * @example orders:read
                     */
                    permission?: string;
                    /**
                     * @description The caller’s address; without it, keys that are bound to networks are refused
                     * @example 203.0.113.7
                     */
                    ip?: string;
                    /** @description The caller’s Origin header; without it, keys that are bound to origins are refused */
                    origin?: string;
                    /** @description The caller’s Client-Key header, where the API requires one */
                    clientKey?: string;
                    /** @description The caller’s access token, where the API requires OAuth */
                    token?: string;
                    /** @description Units spent of the caller’s limits, 1 if absent; 0 only looks; above one of the limits it is a fault */
                    cost?: number;
                    /** @description True where an access log of Keywright’s tells of the request, which would count it twice */
                    counted?: boolean;
                    /** @description Each is decided on by itself; one that is wrong gets a result that says so */
                    requests?: ({
                        /**
                         * @description The key as the caller sent it: publishable, secret or of a subscription
                         * @example sk_live_8sK2mQ4vXz1b…28kj
                         */
                        key: string;
                        /**
                         * @description By which scheme’s header the key was sent; if absent, as its form says, and tenant for an imported key
                         * @enum {string}
                         */
                        scheme?: "tenant" | "subscription";
                        /**
                         * @description Whom the caller says it acts for, as its header x-tn has it; the key’s own if absent
                         * @example tenant_acme
                         */
                        tenantId?: string;
                        /**
                         * @description The protected API; if absent, nothing of an API is checked
                         * @example api_2Xq7LmB4tRz9
                         */
                        apiId?: string;
                        /** @example GET */
                        method?: string;
                        /** @example /v1/orders/4711 */
                        path?: string;
                        /**
                         * @description A permission that the caller needs, beside what the route asks
                         * @example orders:read
                         */
                        permission?: string;
                        /**
                         * @description The caller’s address; without it, keys that are bound to networks are refused
                         * @example 203.0.113.7
                         */
                        ip?: string;
                        /** @description The caller’s Origin header; without it, keys that are bound to origins are refused */
                        origin?: string;
                        /** @description The caller’s Client-Key header, where the API requires one */
                        clientKey?: string;
                        /** @description The caller’s access token, where the API requires OAuth */
                        token?: string;
                        /** @description Units spent of the caller’s limits, 1 if absent; 0 only looks; above one of the limits it is a fault */
                        cost?: number;
                        /** @description True where an access log of Keywright’s tells of the request, which would count it twice */
                        counted?: boolean;
                    } | unknown)[];
                } | unknown | unknown;
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "valid": true,
                     *       "code": "valid",
                     *       "keyId": "key_8sK2mQ4vXz1b",
                     *       "tenantId": "tenant_acme",
                     *       "environment": "live",
                     *       "keyType": "secret",
                     *       "role": "reader",
                     *       "permissions": [
                     *         "*:read"
                     *       ],
                     *       "rateLimits": [
                     *         {
                     *           "limit": 600,
                     *           "windowSeconds": 60,
                     *           "remaining": 599,
                     *           "resetSeconds": 60
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["Verification"] | {
                        results: components["schemas"]["Verification"][];
                    };
                };
            };
        };
    };
    registerSecret: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                credentialId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "secret": "sk_live_8sK2mQ4vXz1b…28kj",
                 *       "clientRequestToken": "7e1c2d3f-4a5b-4c6d-8e9f-0a1b2c3d4e5f"
                 *     }
                 */
                "application/json": {
                    /**
                     * @description The whole key that it is to be, of the credential’s own id
                     * @example sk_live_8sK2mQ4vXz1b…28kj
                     */
                    secret: string;
                    /** @description The whole key that consumers are handed now: it goes on. Where it is secret itself, the old one begins its overlap */
                    current?: string;
                    /**
                     * @description Of the turn of the rotation, for the record: Secrets Manager’s
                     * @example 7e1c2d3f-4a5b-4c6d-8e9f-0a1b2c3d4e5f
                     */
                    clientRequestToken: string;
                    /** @description How long the old secret works on at most; by default as long as the binding lets it */
                    overlapSeconds?: number;
                    /**
                     * @description What to do where the secret that this would end was used within a day: refuse with 409, or end it. Either raises an alert
                     * @default hold
                     * @enum {string}
                     */
                    onOldSecretInUse?: "hold" | "end";
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "credentialId": "key_8sK2mQ4vXz1b",
                     *       "hint": "28kj",
                     *       "old": null
                     *     }
                     */
                    "application/json": {
                        /** @example key_8sK2mQ4vXz1b */
                        credentialId: string;
                        /**
                         * @description The key’s last four characters
                         * @example 28kj
                         */
                        hint: string;
                        /** @description What works beside it; null for nothing */
                        old: {
                            /**
                             * @description The key’s last four characters
                             * @example 28kj
                             */
                            hint: string;
                            /** @description null while it has no end */
                            expiresAt: string | null;
                        } | null;
                    };
                };
            };
        };
    };
    discover: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Discovery"];
                };
            };
        };
    };
    getOpenApi: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "openapi": "3.1.0"
                     *     }
                     */
                    "application/json": {
                        /** @constant */
                        openapi: "3.1.0";
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
        };
    };
}
