import { withoutAccents } from '#lib/normalize/text.ts'

/** What a Chinese, Japanese or Korean company's name ends or begins with by law. */
export const hanForms =
  '(?:股份|集团|控股)*(?:股份有限责任公司|股份有限公司|股份公司|有限责任公司|有限责任会社|有限责任事业组合|有限責任事業組合|有限公司|有限合伙企业|普通合伙企业|特殊普通合伙|有限合伙|普通合伙|合伙企业|责任公司|无限公司|两合公司|任意组合|匿名组合|总公司|公司|有限责任|有限|股份|集团|株式会社|株式會社|合同会社|合名会社|合资会社|合資会社|有限会社|个人独资企业|个体工商户|주식회사|유한회사)'

/** Branches: the company is the same. */
export const hanBranches = '(?:分公司|子公司|办事处|代表处|营业部|经营部|分店|分行|分部|事业部|联络处)'

/** Legal forms of the world without spaces and accents, as they end a name. */
export const latinForms = new Set(
  (
    'ltd ltda limited inc incorporated corp corporation co company coltd colimited companyltd companylimited llc llp lllp lp plc pllc pc pte pvt pteltd pvtltd privatelimited privateltd pty ptyltd ' +
    'publiclimited publicltd publiclimitedcompany publiclimitedco publicltdco limitedliabilitycompany limitedliabilityco limitedliabilitypartnership limitedpartnership generalpartnership ' +
    'jointstockcompany jointstockco publicjointstockcompany openjointstockcompany closedjointstockcompany jsco publicstockcompany soleproprietorship unlimited ultd freezonecompany freezoneco freezoneestablishment ' +
    'fze fzco fzllc fzcompany dmcc wll saoc saog qsc nl cic ' +
    'gmbh mbh ggmbh gesmbh gesellschaftmbh gesellschaftmitbeschrankterhaftung gesellschaftmitbeschraenkterhaftung ag gag aktiengesellschaft kg kommanditgesellschaft kgaa kommanditgesellschaftaufaktien ' +
    'ohg offenehandelsgesellschaft ug gug haftungsbeschrankt ughaftungsbeschrankt unternehmergesellschaft ev eingetragenerverein eg eingetragenegenossenschaft ek ekfm ekfr eingetragenerkaufmann eingetragenekauffrau ' +
    'gbr egbr partg partgmbb mbb vvag se sce keg oeg og stg ' +
    'sa sas sasu sarl suarl eurl snc sca scs scop sci societeanonyme societearesponsabilitelimitee societeparactionssimplifiee gie asbl aisbl ltee lte ' +
    'spa sapa srl srls scarl societaperazioni societaaresponsabilitalimitata ' +
    'sl slu sll slne sau sad sac saa saic saica sacif sab sociedadanonima sociedadlimitada sociedadporaccionessimplificada sociedadanonimadecapitalvariable ' +
    'sadecv sabdecv srldecv sderldecv sapidecv sociedadderesponsabilidadlimitada sociedadderesponsabilidadlimitadadecapitalvariable decv cv cpora eirl eireli epp mei sociedadeanonima limitada anonima cia ca companhia ' +
    'nv bv bvba sprl beslotenvennootschap naamlozevennootschap cvba vof cva vzw ' +
    'ab abp hb kb aktiebolag publiktaktiebolag as asa aksjeselskap aps ivs ks amba aktieselskab anpartsselskab oy oyj ky tmi osakeyhtio ry hf ehf sf ohf ' +
    'sro spolsro aspol akciovaspolocnost akciovaspolecnost spolecnostsrucenimomezenym vos zs doo jdoo drustvosogranicenomodgovornoscu dionickodrustvo akcionarskodrustvo dd ad adoo kd ' +
    'spzoo spolkazoo spolkazograniczonaodpowiedzialnoscia spolkaakcyjna sk spk spj kft zrt nyrt rt bt kkt kht korlatoltfelelossegutarsasag uab sia mtu ou osauhing akciusabiedriba shpk sha ood eood ead ' +
    'ooo oao zao pao nao ao ojsc cjsc pjsc jsc jscb tov vat sdn bhd sdnbhd berhad sendirianberhad tbk pttbk tic sti ltdsti limitedsirketi anonimsirketi kk gk yk ' +
    'ооо оао зао пао нао ао ип гуп муп фгуп тоо тов ват пат прат ат зат фоп ад еад оод еоод доо кд ет обществосограниченнойответственностью акционерноеобщество публичноеакционерноеобщество ' +
    'открытоеакционерноеобщество закрытоеакционерноеобщество товариствозобмеженоювідповідальністю акціонернетовариство ' +
    'αε επε ικε οε εε ανωνυμηεταιρεια ανωνυμηεταιρια בעמ จำกัด შპს სს'
  )
    .split(' ')
    .map(withoutAccents),
)

/** Legal forms that stand before the name. */
export const leadingForms = new Set(
  (
    'ooo oao zao pao ao uab sia pt cv ab as jsc ojsc pjsc tov ооо оао зао пао нао ао ип гуп муп фгуп тов пат прат зат тоо фоп чп ' +
    'обществосограниченнойответственностью акционерноеобщество публичноеакционерноеобщество บริษัท congtytnhh congtycophan congtycp ctytnhh ctycp'
  )
    .split(' ')
    .map(withoutAccents),
)
