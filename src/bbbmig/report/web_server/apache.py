"""Apache plays the mirror at the addresses of the old server; see `nginx` for what matters."""

from bbbmig.report.web_server.site import UNPROTECTED, Site, wrapped


def block(site: Site) -> str:
    """Return the virtual host."""
    access = f"Require ip {' '.join(site.allow)}" if site.allow else "Require all granted  # or: Require ip 10.0.0.0/8"
    return _BLOCK.format(
        attention="\n".join(f"# {line}" for line in wrapped(UNPROTECTED)),
        host=site.host,
        root=site.root,
        access=access,
        moved=f"\n    Include {site.redirects}\n" if site.redirects else "",
    )


_BLOCK = """\
# Apache plays the mirror of bbbmig. Save it as /etc/apache2/sites-available/bbb-mirror.conf, then:
#     a2enmod rewrite deflate && a2ensite bbb-mirror && apachectl configtest && systemctl reload apache2
#
{attention}

<VirtualHost *:80>
    ServerName {host}
    DocumentRoot "{root}"
    # for https: <VirtualHost *:443>, SSLEngine on, SSLCertificateFile …, SSLCertificateKeyFile …

    AddType text/vtt .vtt
    AddType video/mp4 .m4v
    AddType video/webm .webm
    AddOutputFilterByType DEFLATE image/svg+xml application/json text/xml application/xml text/vtt text/plain

    <Directory "{root}">
        Options -Indexes -MultiViews +SymLinksIfOwnerMatch
        AllowOverride None
        DirectoryIndex index.html
        {access}
    </Directory>
    <DirectoryMatch "/\\.">
        Require all denied
    </DirectoryMatch>

    RewriteEngine On
    RewriteRule "/\\." - [R=404,L]
{moved}
    # links of BigBlueButton before 2.3, and those of a protected Scalelite, whose tokens count no more
    RewriteCond %{{QUERY_STRING}} (?:^|&)meetingId=([0-9A-Za-z._-]+)
    RewriteRule ^/playback/presentation/(?:[0-9.]+/)?playback\\.html$ /playback/presentation/2.3/%1 [R=301,L,QSD]
    RewriteRule ^/recording/([^/]+)/presentation$ /playback/presentation/2.3/$1 [R=302,L,QSD]
    RewriteRule ^/recording/([^/]+)/video$ /playback/video/$1/ [R=302,L,QSD]
    RewriteRule ^/recording/([^/]+)/screenshare$ /recording/screenshare/$1/ [R=302,L,QSD]
    RewriteRule ^/recording/([^/]+)/podcast$ /podcast/$1/audio.ogg [R=302,L,QSD]
    RewriteRule ^/recording/([^/]+)/notes$ /notes/$1/notes.pdf [R=302,L,QSD]

    # the player, and the files that it asks for: 404 for what is missing, never a page
    RewriteCond "{root}%{{REQUEST_URI}}" !-f
    RewriteRule ^/playback/presentation/2\\.3(?:/.*)?$ /playback/presentation/2.3/index.html [PT,L]
    RewriteRule ^/playback/video/(.*)$ /video/$1 [PT,L]
    RewriteRule ^/recording/screenshare/(.*)$ /screenshare/$1 [PT,L]
    RewriteRule !^/(?:presentation|video|screenshare|podcast|notes|playback/presentation/2\\.3)/ - [R=404,L]
</VirtualHost>
"""
